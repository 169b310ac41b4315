package stats_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"kirinuki/app/stats"
	"kirinuki/engine/fault"
)

func TestStore_CountsAndRemembers(t *testing.T) {
	p := filepath.Join(t.TempDir(), "kirinuki", "stats.json")
	s := stats.Open(p, true)
	s.Done(12_000_000, 1500*time.Millisecond, "isnet", "cpu")
	s.Done(3_000_000, 500*time.Millisecond, "", "")
	s.Failed(fault.Damaged)
	s.Failed(fault.Damaged)
	s.Failed(fault.Cancelled) // a person's wish, no failure
	want := stats.Counters{Pictures: 2, Megapixels: 15, Seconds: 2, Failures: map[string]int64{"damaged": 2},
		Devices: map[string]int64{"cpu": 1}, Networks: map[string]int64{"isnet": 1, "key": 1}}
	if got := s.Get(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := stats.Open(p, true)
	if got := again.Get(); !reflect.DeepEqual(got, want) {
		t.Errorf("read again: %+v", got)
	}
	again.Failed(fault.Empty)
	if err := again.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p); err == nil || !reflect.DeepEqual(again.Get(), stats.Counters{}) {
		t.Errorf("after Reset: %+v", again.Get())
	}
	again.Close()
	if _, err := os.Stat(p); err == nil {
		t.Error("what was reset was written after all")
	}
}

// The file holds these fields and nothing else.
func TestFile_HoldsOnlyCounters(t *testing.T) {
	p := filepath.Join(t.TempDir(), "stats.json")
	s := stats.Open(p, true)
	s.Done(1, time.Second, "isnet", "cpu")
	s.Failed(fault.Empty)
	s.Close()
	data, _ := os.ReadFile(p)
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for name := range all {
		if !slices.Contains([]string{"pictures", "megapixels", "seconds", "failures", "devices", "networks"}, name) {
			t.Errorf("it also holds %s", name)
		}
	}
	info, _ := os.Stat(p)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestOff_CountsNothing(t *testing.T) {
	p := filepath.Join(t.TempDir(), "stats.json")
	s := stats.Open(p, false)
	s.Done(1, time.Second, "isnet", "cpu")
	s.Failed(fault.Empty)
	s.Close()
	if _, err := os.Stat(p); err == nil || s.Get().Pictures != 0 || s.On() {
		t.Errorf("%+v", s.Get())
	}
	s.SetOn(true)
	s.Failed(fault.Empty)
	s.SetOn(false)
	s.Failed(fault.Empty)
	if s.Get().Failures["empty"] != 1 {
		t.Errorf("%+v", s.Get())
	}
}

func TestOpen_BadFiles(t *testing.T) {
	many := stats.Counters{Failures: map[string]int64{}}
	for i := range 1000 {
		many.Failures[fmt.Sprint(i)] = 1
	}
	tooMany, _ := json.Marshal(many)
	for _, content := range []string{"", "{", "null", `{"pictures":-5}`, `{"failures":{"x":-1}}`, `[]`, string(tooMany), string(make([]byte, 2<<20))} {
		p := filepath.Join(t.TempDir(), "stats.json")
		os.WriteFile(p, []byte(content), 0o600)
		s := stats.Open(p, true)
		if got := s.Get(); !reflect.DeepEqual(got, stats.Counters{}) {
			t.Errorf("%.20q gives %+v", content, got)
		}
		s.Failed(fault.Empty)
		if err := s.Close(); err != nil || stats.Open(p, true).Get().Failures["empty"] != 1 {
			t.Errorf("%.20q: not written again: %v", content, err)
		}
	}
}

func TestNames_AreBounded(t *testing.T) {
	s := stats.Open("", true)
	for i := range 1000 {
		s.Done(1, time.Second, fmt.Sprint("net", i), "cpu")
	}
	if c := s.Get(); len(c.Networks) > 100 || c.Pictures != 1000 || c.Networks["other"] < 900 {
		t.Errorf("%d names", len(c.Networks))
	}
}

func TestNil_CountsNothing(t *testing.T) {
	var s *stats.Store
	s.Done(1, 1, "", "")
	s.Failed(fault.Empty)
	s.SetOn(true)
	if s.On() || s.Get().Pictures != 0 || s.Reset() != nil || s.Close() != nil {
		t.Error("a nil store did something")
	}
}

func TestStore_ManyAtOnce(t *testing.T) {
	p := filepath.Join(t.TempDir(), "stats.json")
	s := stats.Open(p, true)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				s.Done(1, time.Millisecond, "isnet", "cpu")
				s.Get()
			}
			s.Flush()
		})
	}
	all.Wait()
	s.Close()
	if got := stats.Open(p, true).Get(); got.Pictures != 800 || got.Networks["isnet"] != 800 {
		t.Errorf("%+v", got)
	}
}
