package picture_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "kirinuki/engine/picture"
)

var written = []Format{PNG, WebP, TIFF, JPEG}

// profile makes a colour profile of n bytes: a header that says what space it
// is for, and noise.
func profile(n int, space string) []byte {
	p := make([]byte, n)
	noise(p[128:], 7)
	binary.BigEndian.PutUint32(p, uint32(n))
	copy(p[12:], "mntr"+space+"XYZ ")
	copy(p[36:], "acsp")
	return p
}

func TestProfileIsKept(t *testing.T) {
	for _, n := range []int{132, 133, 3144, 65519, 65520, 200_001, 3_000_000} {
		icc := profile(n, "RGB ")
		for _, f := range written {
			data, p := encode(t, render(opaque), Options{Format: f, ICC: icc})
			if !bytes.Equal(p.ICC, icc) {
				t.Errorf("%s: a profile of %d bytes came back as %d", f, n, len(p.ICC))
			}
			if f != PNG && n < 65000 && !bytes.Contains(data, icc) {
				t.Errorf("%s: a profile of %d bytes is not there as it is", f, n)
			}
		}
	}
}

func TestProfileMustFit(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 9, 9))
	short := profile(500, "RGB ")
	binary.BigEndian.PutUint32(short, 501)
	for _, f := range written {
		for name, c := range map[string]struct {
			img image.Image
			icc []byte
			fit bool
		}{
			"rgb on rgb":        {render(opaque), profile(500, "RGB "), true},
			"cmyk on rgb":       {render(opaque), profile(500, "CMYK"), false},
			"grey on rgb":       {render(opaque), profile(500, "GRAY"), false},
			"rgb on a mask":     {grey, profile(500, "RGB "), false},
			"garbage":           {render(opaque), []byte("garbage"), false},
			"shorter than said": {render(opaque), short, false},
			"too long":          {render(opaque), profile(5<<20, "RGB "), false},
		} {
			data, p := encode(t, c.img, Options{Format: f, ICC: c.icc})
			if bytes.Equal(p.ICC, c.icc) != c.fit {
				t.Errorf("%s, %s: kept %d bytes", f, name, len(p.ICC))
			}
			plain, _ := encode(t, c.img, Options{Format: f})
			if !c.fit && !bytes.Equal(data, plain) {
				t.Errorf("%s, %s: something was written", f, name)
			}
		}
	}
}

// TestProfilesOfOtherSpaces holds that a profile goes where pixels have become
// RGB.
func TestProfilesOfOtherSpaces(t *testing.T) {
	with := func(name string, icc []byte) []byte {
		data := read(t, name)
		seg := append([]byte("ICC_PROFILE\x00\x01\x01"), icc...)
		head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe2}, uint16(2+len(seg)))
		return append(append(head, seg...), data[2:]...)
	}
	for _, c := range []struct {
		name, space string
		kept        bool
	}{
		{"jpeg-cmyk.jpg", "CMYK", false}, {"jpeg-ycck.jpg", "CMYK", false},
		{"jpeg-grey.jpg", "GRAY", false}, {"jpeg-444.jpg", "RGB ", true},
	} {
		p, err := Decode(bytes.NewReader(with(c.name, profile(400, c.space))), c.name, Limits{})
		if err != nil || (p.ICC != nil) != c.kept {
			t.Errorf("%s: %v, %d bytes of profile", c.name, err, len(p.ICC))
		}
	}
}

var private = []string{"private.jpg", "private.png", "private.tif", "private.webp", "private.gif"}

// leaks are byte patterns of what private.* say, and of the blocks that they
// say it in.
func leaks(t *testing.T) map[string][]byte {
	thumb := read(t, "private-thumbnail.jpg")
	wide := []byte("S\x00E\x00C\x00R\x00E\x00T")
	lat := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, 35), 1)
	return map[string][]byte{
		"a secret": []byte("SECRET"), "a wide secret": wide, "wide, other order": append([]byte{0}, wide...),
		"a date": []byte("2024:05:06"), "an xmp packet": []byte("xpacket"), "rdf": []byte("rdf:RDF"),
		"an exif header": []byte("Exif\x00\x00"), "exif in png": []byte("eXIf"), "exif in webp": []byte("EXIF"),
		"text in png": []byte("tEXt"), "text": []byte("iTXt"), "compressed text": []byte("zTXt"), "time": []byte("tIME"),
		"iptc": []byte("8BIM"), "photoshop": []byte("Photoshop"), "a comment": {0xff, 0xfe, 0, 12},
		"the thumbnail": thumb[len(thumb)-60:], "latitude": lat,
	}
}

// TestNothingLeaks reads files that tell a place, a time, a camera, a person
// and an uncut thumbnail, and looks for each in every format that is written.
func TestNothingLeaks(t *testing.T) {
	patterns := leaks(t)
	found := map[string]bool{}
	for _, name := range private {
		for what, p := range patterns {
			if bytes.Contains(read(t, name), p) {
				found[what] = true
			}
		}
		p := decode(t, name)
		for _, f := range written {
			img := p.Image
			if f == JPEG {
				img = render(opaque)
			}
			data, back := encode(t, img, Options{Format: f, ICC: p.ICC})
			for what, p := range patterns {
				if bytes.Contains(data, p) {
					t.Errorf("%s to %s: %s is in it", name, f, what)
				}
			}
			if back.Meta.Exif != nil || back.Meta.XMP != nil {
				t.Errorf("%s to %s: metadata came along", name, f)
			}
			for _, line := range exiftool(t, data, f) {
				if !harmless.MatchString(line) {
					t.Errorf("%s to %s: exiftool says %q", name, f, line)
				}
			}
		}
	}
	for _, what := range []string{"a secret", "a wide secret", "a date", "an xmp packet", "an exif header", "iptc", "the thumbnail", "a comment", "exif in webp", "exif in png"} {
		if !found[what] {
			t.Errorf("no private.* has %s, so its absence shows nothing", what)
		}
	}
}

// harmless is what exiftool may say of a file without metadata: what the file
// is, and how its pixels are laid out.
var harmless = regexp.MustCompile(`^\[(ExifTool|System|File|PNG|RIFF|JFIF|Composite)\]|` +
	`^\[IFD0\] +(ImageWidth|ImageHeight|BitsPerSample|Compression|PhotometricInterpretation|StripOffsets|` +
	`SamplesPerPixel|RowsPerStrip|StripByteCounts|PlanarConfiguration|Predictor|ExtraSamples) `)

// exiftool returns what exiftool says of a file, a line a tag, or nothing
// where it is not installed; the search by bytes does not depend on it.
func exiftool(t *testing.T, data []byte, f Format) []string {
	t.Helper()
	tool, err := exec.LookPath("exiftool")
	if err != nil {
		return nil
	}
	path := filepath.Join(t.TempDir(), "x"+Extension(f))
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-a", "-u", "-G1", "-s", "-n", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// TestMetadataIsKeptWhenAsked holds that what was asked for is in every format,
// upright and without pictures.
func TestMetadataIsKeptWhenAsked(t *testing.T) {
	thumb := leaks(t)["the thumbnail"]
	for _, name := range private {
		if name == "private.gif" {
			continue // what GIF files say is not kept
		}
		p := decode(t, name)
		if p.Size() != image.Pt(height, width) {
			t.Errorf("%s: %v is not upright", name, p.Size())
		}
		if p.Meta.Exif == nil || p.Meta.XMP == nil {
			t.Fatalf("%s: metadata was not found", name)
		}
		if bytes.Contains(p.Meta.Exif, thumb) || bytes.Contains(p.Meta.Exif, []byte{0xff, 0xd8, 0xff}) {
			t.Errorf("%s: the thumbnail is kept", name)
		}
		for _, f := range written {
			img := p.Image
			if f == JPEG {
				img = render(opaque)
			}
			data, back := encode(t, img, Options{Format: f, Meta: p.Meta})
			if back.Size() != img.Bounds().Size() {
				t.Errorf("%s to %s: turned again", name, f)
			}
			if !bytes.Equal(back.Meta.Exif, p.Meta.Exif) || !bytes.Equal(back.Meta.XMP, p.Meta.XMP) {
				t.Errorf("%s to %s: metadata changed", name, f)
			}
			for _, s := range []string{"SECRETmake", "SECRETserial", "SECRETgps", "SECRETcreator", "SECRETxmp", "2024:05:06 07:08:09"} {
				if !bytes.Contains(data, []byte(s)) {
					t.Errorf("%s to %s: %s is lost", name, f, s)
				}
			}
			if bytes.Contains(data, thumb) {
				t.Errorf("%s to %s: the thumbnail is in it", name, f)
			}
			checkTags(t, fmt.Sprintf("%s to %s", name, f), exiftool(t, data, f))
		}
	}
}

func checkTags(t *testing.T, what string, lines []string) {
	t.Helper()
	if lines == nil {
		return
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{
		`\[IFD0\] +Make +: SECRETmake`, `\[IFD0\] +Orientation +: 1`, `\[ExifIFD\] +SerialNumber +: SECRETserial`,
		`\[ExifIFD\] +ExposureTime +: 0.004`, `\[GPS\] +GPSLatitude +: 35.6586`, `\[XMP-dc\] +Creator +: SECRETcreator`,
		`\[XMP-tiff\] +Orientation +: 1`,
	} {
		if !regexp.MustCompile(want).MatchString(all) {
			t.Errorf("%s: exiftool does not see %s", what, want)
		}
	}
	if regexp.MustCompile(`(?i)warning|error|IFD1`).MatchString(all) {
		t.Errorf("%s: exiftool says\n%s", what, all)
	}
}

// TestExifWithoutPictures reads an Exif block with previews wherever a camera
// may hide one.
func TestExifWithoutPictures(t *testing.T) {
	picture := append([]byte{0xff, 0xd8, 0xff, 0xe0}, bytes.Repeat([]byte("UNCUT"), 20)...)
	block := exifBlock(map[uint16][]byte{
		271: []byte("maker\x00"), 330: picture, 34377: picture, 33723: picture, 37724: picture, 50341: picture, 513: picture,
	}, map[uint16][]byte{
		37500: picture, 37510: picture, 42033: []byte("number\x00"), 60000: picture,
	})
	for _, name := range []string{"with a header", "without"} {
		p, err := Decode(bytes.NewReader(withExif(read(t, "webp-lossless.webp"), block)), name, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(p.Meta.Exif, []byte("UNCUT")) {
			t.Errorf("%s: a preview is kept", name)
		}
		if !bytes.Contains(p.Meta.Exif, []byte("maker")) || !bytes.Contains(p.Meta.Exif, []byte("number")) {
			t.Errorf("%s: lost what is harmless", name)
		}
		block = append([]byte("Exif\x00\x00"), block...)
	}
}

// exifBlock makes a big-endian Exif block of two directories, with all values
// as bytes.
func exifBlock(main, detail map[uint16][]byte) []byte {
	be := binary.BigEndian
	dir := func(p []byte, tags map[uint16][]byte, sub uint32) []byte {
		n := len(tags)
		if sub > 0 {
			n++
		}
		at := len(p) + 2 + 12*n + 4
		var values []byte
		p = be.AppendUint16(p, uint16(n))
		for tag := range 65536 {
			v, ok := tags[uint16(tag)]
			if sub > 0 && tag == 34665 {
				p = be.AppendUint32(append(p, 0x87, 0x69, 0, 4, 0, 0, 0, 1), sub)
			}
			if !ok {
				continue
			}
			p = be.AppendUint16(be.AppendUint16(p, uint16(tag)), 7)
			p = be.AppendUint32(be.AppendUint32(p, uint32(len(v))), uint32(at+len(values)))
			values = append(values, v...)
		}
		return append(append(p, 0, 0, 0, 0), values...)
	}
	p := []byte("MM\x00*\x00\x00\x00\x08")
	p = dir(p, main, 5000)
	p = append(p, make([]byte, 5000-len(p))...)
	return dir(p, detail, 0)
}

// withExif puts an Exif block into a simple WebP file.
func withExif(webp, block []byte) []byte {
	x := []byte{0x18, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0}
	p := append(riff("VP8X", x), webp[12:]...)
	p = append(p, riff("EXIF", block)[12:]...)
	binary.LittleEndian.PutUint32(p[4:], uint32(len(p)-8))
	return p
}

func TestXMPWithoutPictures(t *testing.T) {
	const head = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`
	const tail = `</rdf:RDF></x:xmpmeta>`
	for _, c := range []struct{ name, in, out string }{
		{"plain", `<rdf:Description dc:title="t">a &amp; b</rdf:Description>`, `<rdf:Description dc:title="t">a &amp; b</rdf:Description>`},
		{"thumbnails", `<a/><xmp:Thumbnails><rdf:Alt><rdf:li xmpGImg:image="UNCUT"/></rdf:Alt></xmp:Thumbnails><b/>`, `<a/><b/>`},
		{"empty thumbnails", `<a/><xap:Thumbnails/><b>c</b>`, `<a/><b>c</b>`},
		{"orientation", `<tiff:Orientation>6</tiff:Orientation>`, `<tiff:Orientation>1</tiff:Orientation>`},
		{"orientation as attribute", `<d tiff:Orientation='8' x:y="z"/>`, `<d tiff:Orientation="1" x:y="z"/>`},
		{"original", `<d GImage:Mime="image/jpeg" GImage:Data="UNCUT" GDepth:Data = 'UNCUT'/>`, `<d GImage:Mime="image/jpeg"/>`},
	} {
		p := encodeXMP(t, []byte(head+c.in+tail))
		if string(p) != head+c.out+tail {
			t.Errorf("%s: %s", c.name, p)
		}
	}
	for _, bad := range []string{"", "text", "<a>", "<a", "\xfe\xff\x00<\x00a\x00/\x00>", "<a></a" + strings.Repeat("x", 2<<20)} {
		if p := encodeXMP(t, []byte(bad)); p != nil {
			t.Errorf("%.20q is kept", bad)
		}
	}
}

// encodeXMP returns an XMP packet after it went through a file.
func encodeXMP(t *testing.T, packet []byte) []byte {
	t.Helper()
	_, p := encode(t, render(opaque), Options{Format: PNG, Meta: Metadata{XMP: packet}})
	return p.Meta.XMP
}

// TestDensity reads the pixel density where each format has it.
func TestDensity(t *testing.T) {
	for _, c := range []struct {
		f    Format
		want []byte
	}{
		{PNG, []byte("pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01")}, // 11811 a metre
		{JPEG, []byte("JFIF\x00\x01\x02\x01\x01\x2c\x01\x2c")},
		{TIFF, []byte{0xe0, 0x93, 0x04, 0, 0xe8, 3, 0, 0}}, // 300000 / 1000
	} {
		data, _ := encode(t, render(opaque), Options{Format: c.f, DPI: 300})
		if !bytes.Contains(data, c.want) {
			t.Errorf("%s: 300 dpi is not stated", c.f)
		}
		plain, _ := encode(t, render(opaque), Options{Format: c.f})
		if bytes.Contains(plain, c.want) || bytes.Contains(plain, []byte("pHYs")) {
			t.Errorf("%s: a density nobody asked for", c.f)
		}
		for _, line := range exiftool(t, data, c.f) {
			for _, tag := range []string{"XResolution ", "YResolution "} {
				if strings.Contains(line, tag) && !strings.HasSuffix(line, ": 300") {
					t.Errorf("%s: exiftool says %q", c.f, line)
				}
			}
		}
	}
}

// TestHugeMetadata holds that metadata which would swell is left behind, and
// the picture is still read.
func TestHugeMetadata(t *testing.T) {
	bomb := zipped(64 << 20)
	png := read(t, "png-rgb8.png")
	for name, c := range map[string][]byte{
		"iccp": pngChunk("iCCP", append([]byte("x\x00\x00"), bomb...)),
		"itxt": pngChunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x01\x00\x00\x00"), bomb...)),
		"exif": pngChunk("eXIf", append(exifBlock(nil, nil), make([]byte, 2<<20)...)),
	} {
		data := append(append(bytes.Clone(png[:33]), c...), png[33:]...)
		n := allocated(func() {
			p, err := Decode(bytes.NewReader(data), name, Limits{})
			if err != nil || p.ICC != nil || p.Meta.XMP != nil || p.Meta.Exif != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if n > 40<<20 {
			t.Errorf("%s: took %d bytes", name, n)
		}
	}
	// Many chunks that each swell to what is allowed.
	var swelling []byte
	text := zipped(1 << 20)
	for range 500 {
		swelling = append(swelling, pngChunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x01\x00\x00\x00"), text...))...)
		swelling = append(swelling, pngChunk("iCCP", append([]byte("x\x00\x00"), text...))...)
	}
	data := append(append(bytes.Clone(png[:33]), swelling...), png[33:]...)
	if n := allocated(func() { Decode(bytes.NewReader(data), "many", Limits{}) }); n > 40<<20 {
		t.Errorf("many chunks: took %d bytes", n)
	}
	// Directories that point to themselves, to one another, and to one large
	// value again and again.
	loop := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00")
	many := []byte("II*\x00\x08\x00\x00\x00\xff\xff")
	for range 65535 {
		many = append(many, 0x0f, 0x01, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0)
	}
	for name, block := range map[string][]byte{"loop": loop, "many": many} {
		n := allocated(func() {
			if _, err := Decode(bytes.NewReader(withExif(read(t, "webp-lossless.webp"), block)), name, Limits{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if n > 40<<20 {
			t.Errorf("%s: took %d bytes", name, n)
		}
	}
}
