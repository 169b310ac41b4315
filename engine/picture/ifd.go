package picture

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
)

// A TIFF file, and the Exif block that other formats carry, is a list of
// image file directories: tables of tagged values. This file reads and writes
// such tables (TIFF 6.0, section 2).

// entry is one tagged value. Its data is little-endian, whatever the file's
// order was.
type entry struct {
	tag, kind uint16
	data      []byte
}

// The kinds of values that are written.
const (
	kindByte      = 1
	kindASCII     = 2
	kindShort     = 3
	kindLong      = 4
	kindRational  = 5
	kindUndefined = 7
)

// kindSize is the size of one value of each kind in bytes; kindWord is the
// size of the words that byte order applies to.
var (
	kindSize = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}
	kindWord = [...]int{1, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4}
)

// short, long and rational make entries.
func short(tag uint16, v ...uint16) entry {
	var p []byte
	for _, x := range v {
		p = binary.LittleEndian.AppendUint16(p, x)
	}
	return entry{tag, kindShort, p}
}

func long(tag uint16, v ...uint32) entry {
	var p []byte
	for _, x := range v {
		p = binary.LittleEndian.AppendUint32(p, x)
	}
	return entry{tag, kindLong, p}
}

// uint returns the entry's first value where it is a whole number.
func (e entry) uint() (uint32, bool) {
	switch {
	case e.kind == kindByte && len(e.data) >= 1:
		return uint32(e.data[0]), true
	case e.kind == kindShort && len(e.data) >= 2:
		return uint32(binary.LittleEndian.Uint16(e.data)), true
	case (e.kind == kindLong || e.kind == 13) && len(e.data) >= 4:
		return binary.LittleEndian.Uint32(e.data), true
	}
	return 0, false
}

// dir is one directory, sorted by tag.
type dir []entry

func (d dir) find(tag uint16) (entry, bool) {
	for _, e := range d {
		if e.tag == tag {
			return e, true
		}
	}
	return entry{}, false
}

// uint returns the value of tag, or otherwise where it is missing.
func (d dir) uint(tag uint16, otherwise uint32) uint32 {
	if e, ok := d.find(tag); ok {
		if v, ok := e.uint(); ok {
			return v
		}
	}
	return otherwise
}

// dirReader reads directories out of a file that may be hostile: budget is
// how many bytes of values it will still take.
type dirReader struct {
	src    *source
	order  binary.ByteOrder
	budget int64
}

// newDirReader reads the eight bytes that a TIFF structure begins with and
// returns the place of the first directory.
func newDirReader(src *source, budget int64) (*dirReader, int64, bool) {
	head := src.bytes(0, 8, 8)
	if head == nil {
		return nil, 0, false
	}
	r := &dirReader{src: src, budget: budget}
	switch string(head[:4]) {
	case "II*\x00":
		r.order = binary.LittleEndian
	case "MM\x00*":
		r.order = binary.BigEndian
	default:
		return nil, 0, false
	}
	return r, int64(r.order.Uint32(head[4:])), true
}

// read returns the entries of the directory at off whose tags are wanted.
// Values that are out of the file or over the budget are left out.
func (r *dirReader) read(off int64, wanted func(tag uint16) bool) dir {
	p := r.src.bytes(off, 2, 2)
	if p == nil {
		return nil
	}
	table := make([]byte, 12*int(r.order.Uint16(p)))
	n, _ := io.ReadFull(r.src.section(off+2, int64(len(table))), table)
	var d dir
	for table = table[:n]; len(table) >= 12; table = table[12:] {
		tag, kind := r.order.Uint16(table), r.order.Uint16(table[2:])
		if kind == 0 || int(kind) >= len(kindSize) || !wanted(tag) {
			continue
		}
		size := kindSize[kind] * int64(r.order.Uint32(table[4:]))
		var data []byte
		if size <= 4 {
			data = slices.Clone(table[8 : 8+size])
		} else {
			data = r.src.bytes(int64(r.order.Uint32(table[8:])), size, r.budget)
		}
		if data == nil {
			continue
		}
		r.budget -= size
		if r.order == binary.BigEndian {
			for w, i := kindWord[kind], 0; i+w <= len(data); i += w {
				slices.Reverse(data[i : i+w])
			}
		}
		d = append(d, entry{tag, kind, data})
	}
	d.sort()
	// A tag must not come twice; the first one counts.
	return slices.CompactFunc(d, func(a, b entry) bool { return a.tag == b.tag })
}

func (d dir) sort() {
	slices.SortStableFunc(d, func(a, b entry) int { return cmp.Compare(a.tag, b.tag) })
}

// size is how many bytes append adds.
func (d dir) size() int {
	n := 2 + 12*len(d) + 4
	for _, e := range d {
		if len(e.data) > 4 {
			n += (len(e.data) + 1) &^ 1
		}
	}
	return n
}

// append writes the directory, little-endian, and behind it the values that
// do not fit into it. at is its own place in the file.
func (d dir) append(p []byte, at uint32) []byte {
	le := binary.LittleEndian
	p = le.AppendUint16(p, uint16(len(d)))
	value := at + uint32(2+12*len(d)+4)
	for _, e := range d {
		p = le.AppendUint16(p, e.tag)
		p = le.AppendUint16(p, e.kind)
		p = le.AppendUint32(p, uint32(int64(len(e.data))/kindSize[e.kind]))
		if len(e.data) <= 4 {
			p = append(p, e.data...)
			p = append(p, make([]byte, 4-len(e.data))...)
		} else {
			p = le.AppendUint32(p, value)
			value += uint32(len(e.data)+1) &^ 1
		}
	}
	p = append(p, 0, 0, 0, 0) // no next directory
	for _, e := range d {
		if len(e.data) > 4 {
			p = append(p, e.data...)
			p = append(p, make([]byte, len(e.data)&1)...)
		}
	}
	return p
}
