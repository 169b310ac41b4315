package matte

import "image"

// tilesOf cuts a w by h grid into squares of the given side and returns those
// for which active is true, in reading order.
func tilesOf(w, h, side int, active func(r image.Rectangle) bool) []image.Rectangle {
	var all []image.Rectangle
	for y := 0; y < h; y += side {
		for x := 0; x < w; x += side {
			r := image.Rect(x, y, min(w, x+side), min(h, y+side))
			if active(r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// anyOf tells whether one of the values of plane (rows of the given stride)
// in r lies strictly between 0 and 255.
func anyPartial(plane []uint8, stride int, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range plane[y*stride+r.Min.X : y*stride+r.Max.X] {
			if v-1 < 254 {
				return true
			}
		}
	}
	return false
}

// grown returns r with a margin, cut to a w by h grid.
func grown(r image.Rectangle, margin, w, h int) image.Rectangle {
	return r.Inset(-margin).Intersect(image.Rect(0, 0, w, h))
}
