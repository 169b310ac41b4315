package look

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
)

// Icon is the name of one of the program's own icons: lines of 1.7 on a grid
// of 24.
type Icon string

// The icons.
const (
	IconNone       Icon = ""
	IconOpen       Icon = "open"
	IconPaste      Icon = "paste"
	IconCapture    Icon = "capture"
	IconCopy       Icon = "copy"
	IconSave       Icon = "save"
	IconFit        Icon = "fit"
	IconSplit      Icon = "split"
	IconBrush      Icon = "brush"
	IconBackground Icon = "background"
	IconShadow     Icon = "shadow"
	IconCrop       Icon = "crop"
	IconExport     Icon = "export"
	IconLock       Icon = "lock"
	IconUnlock     Icon = "unlock"
	IconClose      Icon = "close"
	IconRetry      Icon = "retry"
	IconDone       Icon = "done"
	IconFailed     Icon = "failed"
	IconWait       Icon = "wait"
	IconStopped    Icon = "stopped"
	IconTrash      Icon = "trash"
	IconUndo       Icon = "undo"
	IconRedo       Icon = "redo"
	IconSettings   Icon = "settings"
	IconKeep       Icon = "keep"
	IconRemove     Icon = "remove"
	IconHair       Icon = "hair"
	IconErase      Icon = "erase"
	IconRestore    Icon = "restore"
	IconParts      Icon = "parts"
	IconLoupe      Icon = "loupe"
	IconPicture    Icon = "picture"
	IconDrop       Icon = "drop"
	IconPlus       Icon = "plus"
	IconInfo       Icon = "info"
	IconHand       Icon = "hand"
)

var iconPaths = map[Icon]string{
	IconOpen:       `<path d="M3.5 18.5V6a1.5 1.5 0 0 1 1.5-1.5h4.2l2 2.5H18a1.5 1.5 0 0 1 1.5 1.5v2"/><path d="M3.5 18.5L6.3 10.5H21.5L18.8 18.5Z"/>`,
	IconPaste:      `<path d="M8.5 5.5H6.5A1.5 1.5 0 0 0 5 7v12a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 19 19V7a1.5 1.5 0 0 0 -1.5 -1.5h-2"/><path d="M8.5 3.5h7v4h-7Z"/><path d="M9 12h6M9 16h4"/>`,
	IconCapture:    `<path d="M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5"/><path d="M12 9v6M9 12h6"/>`,
	IconCopy:       `<path d="M9 8.5h9.5a1 1 0 0 1 1 1v10a1 1 0 0 1 -1 1H9a1 1 0 0 1 -1 -1v-10a1 1 0 0 1 1 -1Z"/><path d="M15.5 8V4.5a1 1 0 0 0 -1 -1H5.500a1 1 0 0 0 -1 1v10a1 1 0 0 0 1 1H8"/>`,
	IconSave:       `<path d="M12 4v10.500M7.500 10.500L12 15l4.500 -4.500"/><path d="M4.500 16.500V19A1.500 1.500 0 0 0 6 20.500H18A1.500 1.500 0 0 0 19.500 19V16.500"/>`,
	IconFit:        `<path d="M4 9V4.500h5M20 9V4.500h-5M4 15v4.500h5M20 15v4.500h-5"/>`,
	IconSplit:      `<path d="M12 3.500V20.500"/><path d="M4 6h8M4 18h8M4 6V18"/><path d="M15 6h1M19 6h1M20 9v1M20 14v1M15 18h1M19 18h1"/>`,
	IconBrush:      `<path d="M20 4L11 13"/><path d="M10.500 12.500c2 .5 2.500 2.500 1.500 4.500c-1 2 -4 3.500 -8 3c1.500 -1 1.500 -2.500 2 -4.500c.5 -2.200 2.500 -3.500 4.500 -3Z"/>`,
	IconBackground: `<path d="M4.500 4.500h15v15h-15Z"/><path d="M4.500 11.500L11.500 4.500M4.500 18L18 4.500M8 19.500L19.500 8M14.500 19.500l5 -5"/>`,
	IconShadow:     `<circle cx="12" cy="9" r="5.500"/><path d="M6 19.500c2 -1.300 10 -1.300 12 0"/>`,
	IconCrop:       `<path d="M7 2.500V17H21.500"/><path d="M2.500 7H17V21.500"/>`,
	IconExport:     `<path d="M12 15V4M7.500 8L12 3.500L16.500 8"/><path d="M8 11.500H5.500v9h13v-9H16"/>`,
	IconLock:       `<path d="M5.500 10.500h13v10h-13Z"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500"/><path d="M12 14.500v2.500"/>`,
	IconUnlock:     `<path d="M5.500 10.500h13v10h-13Z"/><path d="M8 10.500V7a4 4 0 0 1 7.800 -1.200"/><path d="M12 14.500v2.500"/>`,
	IconClose:      `<path d="M6 6L18 18M18 6L6 18"/>`,
	IconRetry:      `<path d="M19.500 12a7.500 7.500 0 1 1 -2.500 -5.600"/><path d="M19.800 3.500V7.500H15.800"/>`,
	IconDone:       `<path d="M5 12.500L10 17.500L19.500 7"/>`,
	IconFailed:     `<circle cx="12" cy="12" r="8.500"/><path d="M12 7.500V13M12 16v.4"/>`,
	IconWait:       `<circle cx="12" cy="12" r="8.500"/><path d="M12 7.500V12l3 2"/>`,
	IconStopped:    `<circle cx="12" cy="12" r="8.500"/><path d="M8.500 12h7"/>`,
	IconTrash:      `<path d="M4.500 6.500h15M9 6.500v-2.500h6v2.500M6.500 6.500l1 14h9l1 -14M10 10.500v6M14 10.500v6"/>`,
	IconUndo:       `<path d="M8.500 5L4.500 9L8.500 13"/><path d="M4.500 9H14a5.500 5.500 0 0 1 0 11H9"/>`,
	IconRedo:       `<path d="M15.500 5L19.500 9L15.500 13"/><path d="M19.500 9H10a5.500 5.500 0 0 0 0 11h5"/>`,
	IconSettings:   `<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="12" r="2"/><circle cx="15" cy="17" r="2"/>`,
	IconKeep:       `<circle cx="12" cy="12" r="8.500"/><path d="M12 8v8M8 12h8"/>`,
	IconRemove:     `<circle cx="12" cy="12" r="8.500"/><path d="M8 12h8"/>`,
	IconHair:       `<path d="M5 20c0 -7 1 -12 5 -16M9.500 20c0 -6 1 -10 4.500 -14M14 20c0 -5 1 -8 5 -11"/>`,
	IconErase:      `<path d="M4 15.500L13.500 5.500L20 11.500L12 20H8Z"/><path d="M9 10.500L15.500 16.500M8 20h12"/>`,
	IconRestore:    `<path d="M4.500 12a7.500 7.500 0 1 0 2.500 -5.600"/><path d="M4.200 3.500V7.500H8.200"/><path d="M12 8.500v7M8.500 12h7"/>`,
	IconParts:      `<circle cx="8" cy="8" r="4.500"/><circle cx="17" cy="15.500" r="3.500"/><path d="M5 18.500h4"/>`,
	IconLoupe:      `<circle cx="10.500" cy="10.500" r="6.500"/><path d="M15.500 15.500L20.500 20.500"/>`,
	IconPicture:    `<path d="M3.500 5h17v14h-17Z"/><circle cx="8.500" cy="9.500" r="1.500"/><path d="M3.500 17l5.500 -4.500l3.500 3l3.500 -4l4.500 4.500"/>`,
	IconDrop:       `<path d="M12 3.500v9.500M8 9.500l4 4l4 -4"/><path d="M3.500 14v4.500a2 2 0 0 0 2 2h13a2 2 0 0 0 2 -2V14"/>`,
	IconPlus:       `<path d="M12 5v14M5 12h14"/>`,
	IconInfo:       `<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.500v.4"/>`,
	IconHand:       `<path d="M7.500 12V6.500a1.500 1.500 0 0 1 3 0V11M10.500 11V4.500a1.500 1.500 0 0 1 3 0V11M13.500 11V6a1.500 1.500 0 0 1 3 0v6M16.500 12V9a1.500 1.500 0 0 1 3 0v5.500a6 6 0 0 1 -6 6h-1c-2.500 0 -4 -1 -5.500 -3.500L4.500 13a1.500 1.500 0 0 1 2.700 -1.500l1 1.500"/>`,
}

// Icons returns every icon there is, for tests.
func Icons() []Icon {
	all := make([]Icon, 0, len(iconPaths))
	for n := range iconPaths {
		all = append(all, n)
	}
	return all
}

// Resource returns the icon drawn in one colour; nil for IconNone.
func (i Icon) Resource(c color.Color) fyne.Resource {
	paths, ok := iconPaths[i]
	if !ok {
		return nil
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	hex := fmt.Sprintf("%02x%02x%02x", n.R, n.G, n.B)
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`+
		`<g fill="none" stroke="#%s" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">%s</g></svg>`, hex, paths)
	return fyne.NewStaticResource(string(i)+"-"+hex+".svg", []byte(svg))
}
