// Package words gives the window its sentences: translated texts, and times,
// sizes and shares as a person reads them. It draws nothing.
package words

import (
	"fmt"
	"image"
	"math"
	"strconv"
	"time"
)

// Left returns a time left as a clock: "41:07", never below "0:00".
func Left(d time.Duration) string {
	s := int(math.Ceil(max(d, 0).Seconds()))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Size returns a picture's size: "4000 × 3000", or "" before it is known.
func Size(p image.Point) string {
	if p.X <= 0 || p.Y <= 0 {
		return ""
	}
	return fmt.Sprintf("%d × %d", p.X, p.Y)
}

// Bytes returns a file's size: "820 KB", "3.4 MB".
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 999_500:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	case n < 999_950_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// Percent returns a share of one: "43 %".
func Percent(p float64) string { return fmt.Sprintf("%.0f %%", max(0, min(1, p))*100) }

// Shorten cuts s in its middle to at most n letters, so that a file's
// beginning and its ending both stay readable.
func Shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n || n < 5 {
		return s
	}
	tail := min(8, n/2)
	return string(r[:n-tail-1]) + "…" + string(r[len(r)-tail:])
}

// Percent1 returns a zoom: "38 %", also above one.
func Percent1(p float64) string { return fmt.Sprintf("%.0f %%", p*100) }

// Number returns v with that many digits after the point.
func Number(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
