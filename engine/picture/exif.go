package picture

import (
	"bytes"
	"slices"
)

// Tags of the directories.
const (
	tagOrientation = 274
	tagExif        = 34665 // where the Exif directory is
	tagGPS         = 34853 // where the GPS directory is
	tagMakerNote   = 37500
)

// exifBudget is how much of an Exif block is kept at most. A JPEG file holds
// 64 KB of it.
const exifBudget = 1 << 20

// exif is what an Exif block says about a picture, without anything that
// belongs to the file it came from.
type exif struct {
	main   dir // directory 0
	detail dir // the Exif directory: exposure, lens, dates, ...
	gps    dir
}

// descriptive are the tags of directory 0 that describe a picture. All others
// say how a file is laid out, or may hold previews, layers and editing
// history, which would show what was cut away.
var descriptive = []uint16{
	269,      // document name
	270,      // description
	271, 272, // camera
	tagOrientation,
	305,      // software
	306,      // date
	315, 316, // artist, computer
	18246, 18249, // rating
	33432,                             // copyright
	40091, 40092, 40093, 40094, 40095, // Windows' title, comment, author, keywords, subject
	tagExif, tagGPS,
}

// readExif reads an Exif block, or the beginning of a TIFF file.
func readExif(src *source) (x exif, o orientation) {
	r, off, ok := newDirReader(src, exifBudget)
	if !ok {
		return exif{}, 1
	}
	x.main = r.read(off, func(tag uint16) bool { return slices.Contains(descriptive, tag) })
	o = 1
	if v := x.main.uint(tagOrientation, 1); v >= 1 && v <= 8 {
		o = orientation(v)
	}
	if at := x.main.uint(tagExif, 0); at != 0 {
		x.detail = r.read(int64(at), func(tag uint16) bool {
			switch tag {
			case tagMakerNote, // holds previews, and offsets that break when it moves
				40962, 40963, // the size before turning and cropping
				40965: // interoperability with cameras' file rules
				return false
			}
			return true
		})
	}
	if at := x.main.uint(tagGPS, 0); at != 0 {
		x.gps = r.read(int64(at), func(tag uint16) bool { return tag < 64 })
	}
	noPicture := func(e entry) bool { _, ok := Sniff(e.data); return ok }
	x.main = slices.DeleteFunc(x.main, func(e entry) bool {
		return e.tag == tagOrientation || e.tag == tagExif || e.tag == tagGPS || noPicture(e)
	})
	x.detail = slices.DeleteFunc(x.detail, noPicture)
	x.gps = slices.DeleteFunc(x.gps, noPicture)
	return x, o
}

// parseExif is readExif for a block in memory, with or without the header
// that JPEG puts before it.
func parseExif(block []byte) (exif, orientation) {
	block = bytes.TrimPrefix(block, []byte(exifHeader))
	return readExif(&source{r: bytes.NewReader(block), size: int64(len(block))})
}

// empty says that the block tells nothing.
func (x exif) empty() bool { return len(x.main)+len(x.detail)+len(x.gps) == 0 }

// block writes x as an Exif block of its own, upright; nil where it is empty.
func (x exif) block() []byte {
	if x.empty() {
		return nil
	}
	main := append(slices.Clone(x.main), short(tagOrientation, 1))
	return x.append([]byte("II*\x00\x08\x00\x00\x00"), main, 8)
}

// append writes the directory main with x's other two behind it. at is main's
// place in the file.
func (x exif) append(p []byte, main dir, at uint32) []byte {
	type sub struct {
		tag uint16
		dir dir
	}
	subs := slices.DeleteFunc([]sub{{tagExif, x.detail}, {tagGPS, x.gps}},
		func(s sub) bool { return len(s.dir) == 0 })
	end := at + uint32(main.size()+12*len(subs))
	for _, s := range subs {
		main = append(main, long(s.tag, end))
		end += uint32(s.dir.size())
	}
	main.sort()
	p = main.append(p, at)
	at += uint32(main.size())
	for _, s := range subs {
		p = s.dir.append(p, at)
		at += uint32(s.dir.size())
	}
	return p
}
