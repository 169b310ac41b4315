package cli_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"kirinuki/app/cli"
	"kirinuki/assets/tr"
	"kirinuki/engine"
	"kirinuki/engine/picture"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kirinuki": func() { os.Exit(program()) }})
}

// program is the real command line with the real engine, as main runs it,
// less the terminal.
func program() int {
	tr.Use(os.Getenv("LANG"))
	return cli.Run(context.Background(), cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Version: "test",
		Engine:  func() cli.Engine { return engine.New(engine.Config{}) },
		Policy:  func(lang string) string { return "policy in " + lang + "\n" },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "en")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, ".data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"draw":  disc,
			"patch": patch,
			"pixel": pixel,
			"size":  size,
		},
	})
}

// draw FILE W H [BACKGROUND] draws a smooth red disc with a radius of a third
// of the shorter side in the middle of a plain background.
func disc(ts *testscript.TestScript, neg bool, args []string) {
	w, h := number(ts, args[1]), number(ts, args[2])
	bg := [3]float64{255, 255, 255}
	if len(args) > 3 {
		fmt.Sscanf(args[3], "%f,%f,%f", &bg[0], &bg[1], &bg[2])
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	radius := float64(min(w, h)) / 3
	for y := range h {
		for x := range w {
			d := math.Hypot(float64(x)+.5-float64(w)/2, float64(y)+.5-float64(h)/2)
			a := min(1, max(0, radius-d+.5))
			mix := func(c int, fg float64) uint8 { return uint8(a*fg + (1-a)*bg[c] + .5) }
			img.SetNRGBA(x, y, color.NRGBA{mix(0, 200), mix(1, 30), mix(2, 40), 255})
		}
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	if filepath.Ext(args[0]) == ".jpg" {
		ts.Check(jpeg.Encode(f, img, &jpeg.Options{Quality: 92}))
		return
	}
	ts.Check(png.Encode(f, img))
}

// patch FILE W H X0 Y0 X1 Y1 GREY draws one grey rectangle on transparency.
func patch(ts *testscript.TestScript, neg bool, args []string) {
	var n [7]int
	for i := range n {
		n[i] = number(ts, args[i+1])
	}
	img := image.NewNRGBA(image.Rect(0, 0, n[0], n[1]))
	grey := uint8(n[6])
	draw.Draw(img, image.Rect(n[2], n[3], n[4], n[5]), image.NewUniform(color.NRGBA{grey, grey, grey, 255}), image.Point{}, draw.Src)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	ts.Check(png.Encode(f, img))
}

// pixel FILE X Y R,G,B,A [TOLERANCE] checks one pixel (straight alpha).
func pixel(ts *testscript.TestScript, neg bool, args []string) {
	pic, err := picture.DecodeFile(ts.MkAbs(args[0]), picture.DefaultLimits)
	ts.Check(err)
	c := color.NRGBAModel.Convert(pic.Image.At(number(ts, args[1]), number(ts, args[2]))).(color.NRGBA)
	tolerance := 0
	if len(args) > 4 {
		tolerance = number(ts, args[4])
	}
	got := [4]uint8{c.R, c.G, c.B, c.A}
	want := strings.Split(args[3], ",")
	for i := range got {
		if want[i] == "*" {
			continue
		}
		if diff := int(got[i]) - number(ts, want[i]); diff > tolerance || -diff > tolerance {
			ts.Fatalf("%s at %s,%s is %v, want %s", args[0], args[1], args[2], got, args[3])
		}
	}
}

// size FILE W H checks a picture's size.
func size(ts *testscript.TestScript, neg bool, args []string) {
	pic, err := picture.DecodeFile(ts.MkAbs(args[0]), picture.DefaultLimits)
	ts.Check(err)
	if got := pic.Size(); got != image.Pt(number(ts, args[1]), number(ts, args[2])) {
		ts.Fatalf("%s is %v, want %s x %s", args[0], got, args[1], args[2])
	}
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}
