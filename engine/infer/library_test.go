package infer

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"kirinuki/engine/fault"
)

func TestVersions(t *testing.T) {
	for version, ok := range map[string]bool{
		"1.27.0": true, "1.27.3": true, "1.29.0": false, "1.28.0": false, "1.26.9": false, "1.2.7": false, "2.27.0": false, "": false, "1.270.0": false,
	} {
		err := checkVersion("lib", version)
		if (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
		if err != nil && fault.Of(err) != fault.NoRuntime {
			t.Errorf("%q: kind %v", version, fault.Of(err))
		}
	}
}

func TestFindLibrary(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, LibraryNames()[0])
	t.Setenv(LibraryEnv, "")
	if _, err := FindLibrary(dir); fault.Of(err) != fault.NoRuntime {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := FindLibrary(filepath.Join(dir, "none"), dir); got != file || err != nil {
		t.Errorf("in a folder: %q, %v", got, err)
	}
	t.Setenv(LibraryEnv, dir)
	if got, err := FindLibrary(); got != file || err != nil {
		t.Errorf("a folder in %s: %q, %v", LibraryEnv, got, err)
	}
	t.Setenv(LibraryEnv, file)
	if got, err := FindLibrary(); got != file || err != nil {
		t.Errorf("a file in %s: %q, %v", LibraryEnv, got, err)
	}
	t.Setenv(LibraryEnv, filepath.Join(dir, "none"))
	if _, err := FindLibrary(dir); fault.Of(err) != fault.NoRuntime {
		t.Errorf("a wrong %s must not fall through: %v", LibraryEnv, err)
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		n     int
	}{
		{nil, -1}, {[]int64{0}, -1}, {[]int64{-1, -1}, -1}, {[]int64{1 << 33, 1 << 33}, -1}, {[]int64{MaxElements, 2}, -1},
		{[]int64{1, 1, 1, 1, 1, 1, 1, 1, 1}, -1}, {[]int64{3, 4}, 12}, {[]int64{MaxElements}, MaxElements},
	} {
		n, err := Count(c.shape)
		if c.n < 0 && err == nil || c.n >= 0 && (n != c.n || err != nil) {
			t.Errorf("%v: %d, %v", c.shape, n, err)
		}
	}
}

// Every half comes back, and every single goes to the nearest half.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		f := fromHalf(uint16(h))
		if f != f {
			if back := fromHalf(toHalf(f)); back == back {
				t.Fatalf("%#x is NaN and comes back as %v", h, back)
			}
			continue
		}
		if back := toHalf(f); back != uint16(h) {
			t.Fatalf("%#x is %v and comes back as %#x", h, f, back)
		}
		next := fromHalf(uint16(h) + 1)
		if h&0x7fff >= 0x7bff || h == 0xffff {
			continue
		}
		mid := f + (next-f)/2
		want := uint16(h) + uint16(h&1) // to even
		if got := toHalf(mid); got != want {
			t.Fatalf("halfway between %v and %v goes to %#x, want %#x", f, next, got, want)
		}
		if got := toHalf(math.Nextafter32(mid, f)); got != uint16(h) {
			t.Fatalf("just below halfway from %v goes to %#x", f, got)
		}
	}
	for f, want := range map[float32]uint16{65519: 0x7bff, 65520: 0x7c00, 1e9: 0x7c00, float32(math.Inf(-1)): 0xfc00, 1e-9: 0} {
		if got := toHalf(f); got != want {
			t.Errorf("%v is %#x, want %#x", f, got, want)
		}
	}
}
