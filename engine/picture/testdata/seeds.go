//go:build ignore

// Seeds makes the pictures in this folder, all of our own drawing, with
// programs that are not ours: ImageMagick, cwebp, webpmux, img2webp, exiftool
// and Pillow. Run it in this folder with "go run seeds.go". The drawing is the
// one of drawing_test.go, which the tests compare with.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	tmp, err := os.MkdirTemp("", "seeds")
	check(err)
	defer os.RemoveAll(tmp)
	in := func(name string) string { return filepath.Join(tmp, name) }

	write(in("opaque.png"), draw(func(x, y int) color.Color { c := at(x, y); c.A = 255; return c }))
	write(in("alpha.png"), draw(func(x, y int) color.Color { return at(x, y) }))
	write(in("binary.png"), draw(func(x, y int) color.Color {
		c := at(x, y)
		if c.A < 128 {
			return color.NRGBA{}
		}
		c.A = 255
		return c
	}))
	write(in("grey.png"), draw(func(x, y int) color.Color { return color.NRGBA{at(x, y).R, at(x, y).R, at(x, y).R, 255} }))
	write(in("greyalpha.png"), draw(func(x, y int) color.Color { c := at(x, y); return color.NRGBA{c.R, c.R, c.R, c.A} }))
	write(in("bilevel.png"), draw(func(x, y int) color.Color {
		if at(x, y).R < 128 {
			return color.Black
		}
		return color.White
	}))
	write(in("deep.png"), draw16(false))
	write(in("deepalpha.png"), draw16(true))

	magick := func(from string, args ...string) {
		run("convert", append(append([]string{in(from), "+set", "date:create", "+set", "date:modify", "-strip"}, args[:len(args)-1]...), args[len(args)-1])...)
	}
	// JPEG
	for name, sampling := range map[string]string{"444": "1x1", "422": "2x1", "420": "2x2", "440": "1x2", "411": "4x1"} {
		magick("opaque.png", "-quality", "98", "-sampling-factor", sampling, "jpeg-"+name+".jpg")
	}
	magick("opaque.png", "-quality", "98", "-interlace", "JPEG", "jpeg-progressive.jpg")
	magick("grey.png", "-colorspace", "Gray", "-quality", "98", "jpeg-grey.jpg")
	run("/usr/bin/python3", "-c", `
import sys
from PIL import Image
m = Image.open(sys.argv[1]).convert("RGB").convert("CMYK")
m.save("jpeg-cmyk.jpg", quality=98, subsampling=0)
`, in("opaque.png"))
	magick("opaque.png", "-colorspace", "CMYK", "-quality", "98", "jpeg-ycck.jpg")
	// PNG
	for name, a := range map[string][]string{
		"grey1": {"bilevel.png", "0", "1"}, "grey8": {"grey.png", "0", "8"}, "grey16": {"deepgrey.png", "0", "16"},
		"rgb8": {"opaque.png", "2", "8"}, "rgb16": {"deep.png", "2", "16"},
		"palette":    {"opaque.png", "3", "8"},
		"greyalpha8": {"greyalpha.png", "4", "8"},
		"rgba8":      {"alpha.png", "6", "8"}, "rgba16": {"deepalpha.png", "6", "16"},
	} {
		if a[0] == "deepgrey.png" {
			write(in(a[0]), drawGrey16())
		}
		for _, lace := range []string{"None", "PNG"} {
			out := "png-" + name
			if lace == "PNG" {
				out += "-interlaced"
			}
			magick(a[0], "-interlace", lace, "-define", "png:color-type="+a[1], "-define", "png:bit-depth="+a[2], "-define", "png:exclude-chunks=all", out+".png")
		}
	}
	run("convert", in("binary.png"), "-strip", "-define", "png:exclude-chunks=date", "PNG8:png-palette-trns.png")
	run("/usr/bin/python3", "-c", `
import sys
from PIL import Image
Image.open(sys.argv[1]).convert("RGB").save("png-rgb8-trns.png", transparency=(0, 0, 200))
`, in("opaque.png"))
	// GIF
	magick("binary.png", "gif-still.gif")
	run("convert", "-size", "23x17", "xc:none", "-delay", "10", "-dispose", "none",
		"(", in("binary.png"), "-crop", "11x9+6+4", ")", "(", in("opaque.png"), "-negate", ")", "-strip", "gif-animated-all.gif")
	run("convert", "gif-animated-all.gif", "-delete", "0", "gif-offset.gif")
	check(os.Remove("gif-animated-all.gif"))
	// BMP
	magick("opaque.png", "-type", "TrueColor", "BMP3:bmp-24.bmp")
	magick("alpha.png", "bmp-32.bmp")
	magick("opaque.png", "-colors", "256", "-type", "Palette", "-compress", "none", "BMP3:bmp-8.bmp")
	magick("bilevel.png", "-monochrome", "BMP3:bmp-1.bmp")
	magick("opaque.png", "-colors", "256", "-type", "Palette", "-compress", "RLE", "BMP3:bmp-runs.bmp")
	magick("opaque.png", "-define", "bmp:subtype=RGB565", "bmp-565.bmp")
	// TIFF
	for name, a := range map[string][]string{
		"rgb":         {"opaque.png", "-type", "TrueColor", "-compress", "none"},
		"rgb-msb":     {"opaque.png", "-type", "TrueColor", "-endian", "MSB", "-compress", "lzw"},
		"rgb16":       {"deep.png", "-depth", "16", "-compress", "zip"},
		"rgba":        {"alpha.png", "-compress", "zip", "-define", "tiff:alpha=unassociated"},
		"rgba-assoc":  {"alpha.png", "-compress", "lzw", "-define", "tiff:alpha=associated"},
		"rgba16-tile": {"deepalpha.png", "-depth", "16", "-compress", "zip", "-define", "tiff:alpha=unassociated", "-define", "tiff:tile-geometry=16x16"},
		"grey":        {"grey.png", "-colorspace", "Gray", "-compress", "rle"},
		"palette":     {"opaque.png", "-type", "Palette", "-compress", "lzw"},
		"bilevel":     {"bilevel.png", "-monochrome", "-compress", "group4"},
	} {
		magick(a[0], append(a[1:], "tiff-"+name+".tif")...)
	}
	magick("opaque.png", "-colorspace", "CMYK", "unread-tiff-cmyk.tif")
	// WebP
	run("cwebp", "-quiet", "-q", "95", in("opaque.png"), "-o", "webp-lossy.webp")
	run("cwebp", "-quiet", "-q", "95", "-exact", in("alpha.png"), "-o", "webp-lossy-alpha.webp")
	run("cwebp", "-quiet", "-q", "95", "-exact", "-alpha_filter", "none", "-alpha_method", "0", in("alpha.png"), "-o", "webp-lossy-rawalpha.webp")
	run("cwebp", "-quiet", "-lossless", "-exact", in("alpha.png"), "-o", "webp-lossless.webp")
	run("cwebp", "-quiet", "-lossless", "-exact", in("opaque.png"), "-o", in("o.webp"))
	run("convert", in("alpha.png"), "-crop", "12x8+4+6", "+repage", in("crop.png"))
	run("cwebp", "-quiet", "-lossless", "-exact", in("crop.png"), "-o", in("crop.webp"))
	run("cwebp", "-quiet", "-q", "90", in("crop.png"), "-o", in("crop2.webp"))
	run("webpmux", "-frame", in("crop2.webp"), "+100+4+6+0+b", "-frame", in("o.webp"), "+100+0+0+0+b", "-o", "webp-animated.webp")

	// Orientations: the same upright picture stored in each way. Exif's names
	// say how to turn what is stored; this stores the inverse.
	for o, inverse := range map[int][]string{
		1: nil, 2: {"-flop"}, 3: {"-rotate", "180"}, 4: {"-flip"},
		5: {"-transpose"}, 6: {"-rotate", "270"}, 7: {"-transverse"}, 8: {"-rotate", "90"},
	} {
		for ext, from := range map[string]string{"jpg": "opaque.png", "png": "deepalpha.png", "tif": "alpha.png"} {
			out := fmt.Sprintf("orient-%d.%s", o, ext)
			magick(from, append(append([]string{}, inverse...), "+repage", "-quality", "98", "-sampling-factor", "1x1", "-compress", map[string]string{"jpg": "jpeg", "png": "zip", "tif": "zip"}[ext], out)...)
			run("exiftool", "-q", "-overwrite_original", "-n", fmt.Sprintf("-IFD0:Orientation=%d", o), out)
		}
		out := fmt.Sprintf("orient-%d.webp", o)
		magick("alpha.png", append(append([]string{}, inverse...), "+repage", in("turned.png"))...)
		run("cwebp", "-quiet", "-lossless", "-exact", in("turned.png"), "-o", out)
		run("exiftool", "-q", "-overwrite_original", "-n", fmt.Sprintf("-IFD0:Orientation=%d", o), out)
	}

	// Files that say more than they should. Each text holds the word SECRET.
	run("convert", in("opaque.png"), "-negate", "-strip", "-resize", "8x8", "-quality", "90", in("thumb.jpg"))
	tag := []string{
		"-q", "-overwrite_original", "-n", "-IFD0:Orientation=6",
		"-IFD0:Make=SECRETmake", "-IFD0:Model=SECRETmodel", "-IFD0:Artist=SECRETartist", "-IFD0:ImageDescription=SECRETdescription",
		"-IFD0:Software=SECRETsoftware", "-IFD0:XPComment=SECRETxp",
		"-ExifIFD:SerialNumber=SECRETserial", "-ExifIFD:LensSerialNumber=SECRETlens", "-ExifIFD:OwnerName=SECRETowner",
		"-ExifIFD:UserComment=SECRETcomment", "-ExifIFD:DateTimeOriginal=2024:05:06 07:08:09", "-ExifIFD:ExposureTime=0.004",
		"-ExifIFD:ImageUniqueID=SECRETid",
		"-GPS:GPSLatitude=35.6586", "-GPS:GPSLatitudeRef=N", "-GPS:GPSLongitude=139.7454", "-GPS:GPSLongitudeRef=E",
		"-GPS:GPSProcessingMethod=SECRETgps",
		"-XMP-dc:Creator=SECRETcreator", "-XMP-tiff:Orientation=6", "-XMP-exif:GPSLatitude=35.6586", "-XMP-aux:SerialNumber=SECRETxmp",
	}
	for _, f := range [][]string{
		{"private.jpg", "opaque.png", "-IFD1:ThumbnailImage<=" + in("thumb.jpg"), "-Comment=SECRETfile", "-IPTC:By-line=SECRETiptc", "-Photoshop:CopyrightFlag=1"},
		{"private.png", "alpha.png", "-PNG:Comment=SECRETfile", "-PNG:Author=SECRETauthor"},
		{"private.tif", "alpha.png", "-IPTC:By-line=SECRETiptc"},
		{"private.webp", "", ""},
		{"private.gif", "binary.png", "-Comment=SECRETfile"},
	} {
		if f[0] == "private.webp" {
			run("cwebp", "-quiet", "-lossless", "-exact", in("alpha.png"), "-o", f[0])
			f = f[:2]
		} else {
			magick(f[1], "-quality", "98", "-sampling-factor", "1x1", f[0])
		}
		run("exiftool", append(append(append([]string{}, tag...), f[2:]...), f[0])...)
	}
	thumb, err := os.ReadFile(in("thumb.jpg"))
	check(err)
	check(os.WriteFile("private-thumbnail.jpg", thumb, 0o666))
}

const width, height = 23, 17

// at is the drawing: squares of two pixels whose colours tell where they are.
func at(x, y int) color.NRGBA {
	return color.NRGBA{uint8(x / 2 * 20), uint8(y / 2 * 30), uint8(200 - x/2*9), uint8(255 - x/2*11 - y/2*16)}
}

func draw(f func(x, y int) color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, f(x, y))
		}
	}
	return m
}

// draw16 is the drawing with 16 bits that are not just 8 bits twice.
func draw16(alpha bool) image.Image {
	m := image.NewNRGBA64(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := at(x, y)
			d := color.NRGBA64{uint16(c.R)<<8 + 17, uint16(c.G)<<8 + 33, uint16(c.B)<<8 + 65, 0xffff}
			if alpha {
				d.A = uint16(c.A)<<8 + 7
			}
			m.SetNRGBA64(x, y, d)
		}
	}
	return m
}

func drawGrey16() image.Image {
	m := image.NewGray16(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetGray16(x, y, color.Gray16{uint16(at(x, y).R)<<8 + 17})
		}
	}
	return m
}

func write(path string, m image.Image) {
	f, err := os.Create(path)
	check(err)
	check(png.Encode(f, m))
	check(f.Close())
}

func run(name string, args ...string) {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		log.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	} else if len(out) > 0 {
		log.Printf("%s %s:\n%s", name, strings.Join(args, " "), out)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
