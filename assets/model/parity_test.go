package builtin_test

import (
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	builtin "kirinuki/assets/model"
	"kirinuki/engine/infer"
	"kirinuki/engine/infer/infertest"
)

// The file must answer as the recipe's own program did (what is left is the
// order of sums), and must find the subjects of our drawings.
func TestFileAgreesWithItsRecipe(t *testing.T) {
	s, err := infer.Open(infer.Config{
		Library: infertest.Library(t), Name: "built-in", Model: builtin.Bytes(),
		Input: builtin.InputName, Output: builtin.OutputName,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	answers, _ := filepath.Glob("fixtures/*.recipe.png")
	if len(answers) < 6 {
		t.Fatalf("%d fixtures, want at least 6", len(answers))
	}
	for _, answer := range answers {
		name := strings.TrimSuffix(answer, ".recipe.png")
		t.Run(filepath.Base(name), func(t *testing.T) {
			out, err := s.Run(t.Context(), tensor(load(t, name+".png")))
			if err != nil {
				t.Fatal(err)
			}
			recipe, mask := load(t, answer), load(t, name+".mask.png")
			worst, both, either := 0.0, 0, 0
			for k, p := range out.Data {
				x, y := k%builtin.InputSize, k/builtin.InputSize
				worst = math.Max(worst, math.Abs(float64(p)-grey(recipe, x, y)))
				got, want := p > .5, grey(mask, x, y) > .5
				if got && want {
					both++
				}
				if got || want {
					either++
				}
			}
			if worst > .002 {
				t.Errorf("differs from the recipe's answer by up to %.4f, want .002", worst)
			}
			if iou := float64(both) / float64(either); iou < .8 {
				t.Errorf("finds the drawn subject with IoU %.2f, want .8", iou)
			}
		})
	}
}

// tensor lays img out as package builtin says; img has the network's size.
func tensor(img image.Image) infer.Tensor {
	const n = builtin.InputSize
	data := make([]float32, 3*n*n)
	for k := range n * n {
		r, g, b, _ := img.At(k%n, k/n).RGBA()
		for c, v := range []uint32{r, g, b} {
			data[c*n*n+k] = (float32(v>>8) - builtin.Mean) / builtin.Scale
		}
	}
	return infer.Tensor{Shape: []int64{1, 3, n, n}, Data: data}
}

// grey returns a grey picture's value in 0..1.
func grey(img image.Image, x, y int) float64 {
	v, _, _, _ := img.At(x, y).RGBA()
	return float64(v) / 0xffff
}

func load(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}
