package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kirinuki/app/cache"
)

// The child of TestKill: it works on a batch until it is killed.
const childEnv = "KIRINUKI_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

func child(dir string) {
	w := Open(Config{Remover: &fake{}, Cache: cache.Open(os.Getenv("XDG_CACHE_HOME"), cache.Options{})})
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	for n := 0; ; n++ {
		var ids []ID
		for _, path := range paths {
			ids = append(ids, w.Add(Source{Path: path})...)
		}
		data, _ := os.ReadFile(paths[0])
		ids = append(ids, w.Add(Source{Data: data, Name: secretName}, Source{Image: noisy(90, 90), Name: secretName})...)
		w.Prefer(ids[0])
		w.Wait(ctx)
		if n == 0 {
			fmt.Println("ready")
		}
		w.Render(ctx, ids[0])
		w.Reprocess(ids[:2], Request(w.c.Settings.Get()), "undo.model")
		w.Remove(ids[len(ids)-1])
		w.Wait(ctx)
		if n%3 == 2 {
			w.ClearNow()
		}
	}
}

const secretName = "Kirinuki-Secret-Holiday"

// A program that is killed at any moment leaves nothing that can be read; the
// next one that starts clears what it left, and lets the living one alone.
func TestKill_LeavesNothingReadable(t *testing.T) {
	pictures, home, temp := t.TempDir(), t.TempDir(), t.TempDir()
	img := noisy(90, 90)
	files := [][]byte{pngOf(img), jpegOf(img)}
	write(t, pictures, secretName+".png", files[0])
	write(t, pictures, secretName+".jpg", files[1])
	needles := map[string][]byte{
		"a PNG header": []byte("\x89PNG\r\n\x1a\n"), "a JPEG header": files[1][:12], "a file name": []byte(secretName),
		"pixels": img.Pix[:64], "more pixels": img.Pix[45*img.Stride:][:64],
		"a PNG's bytes": files[0][len(files[0])/2:][:32], "a JPEG's bytes": files[1][len(files[1])/2:][:32],
	}

	living := cache.Open(home, cache.Options{})
	defer living.Close()
	box := living.New(time.Hour)
	box.PutBytes("x", img.Pix)

	const kills = 50
	left, seen := 0, int64(0)
	r := rand.New(rand.NewPCG(5, 6))
	for range kills {
		startAndKill(t, pictures, home, temp, time.Duration(r.IntN(30_000))*time.Microsecond)
		folders, _ := filepath.Glob(filepath.Join(home, "run-*"))
		if len(folders) > 2 {
			t.Fatalf("%d folders: a start did not clear the one before", len(folders))
		}
		for _, dir := range []string{home, temp} {
			n, size := search(t, dir, needles)
			left, seen = left+n, seen+size
		}
	}
	if left < kills {
		t.Fatalf("only %d files were left to be searched: the test sees nothing", left)
	}
	t.Logf("%d files with %d bytes searched", left, seen)
	cache.Open(home, cache.Options{}).Close()
	folders, _ := filepath.Glob(filepath.Join(home, "run-*"))
	if len(folders) != 1 || folders[0] != living.State().Dir {
		t.Errorf("after the next start: %v", folders)
	}
	if got, err := box.Bytes("x"); err != nil || !bytes.Equal(got, img.Pix) {
		t.Errorf("the living program's own: %v", err)
	}
}

func startAndKill(t *testing.T, pictures, home, temp string, after time.Duration) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+pictures, "XDG_CACHE_HOME="+home, "TMPDIR="+temp)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Errorf("the child said %q, %v", line, err)
	}
	time.Sleep(after)
	c.Process.Kill()
	c.Wait()
}

// search reads every file below dir and looks for the needles.
func search(t *testing.T, dir string, needles map[string][]byte) (files int, size int64) {
	t.Helper()
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if strings.Contains(path, secretName) {
			t.Errorf("a file is called %s", path)
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) == 0 {
			return nil
		}
		files, size = files+1, size+int64(len(data))
		for what, needle := range needles {
			if bytes.Contains(data, needle) {
				t.Errorf("%s is in %s", what, path)
			}
		}
		return nil
	})
	return files, size
}
