package desk

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"kirinuki/engine"
	"kirinuki/engine/picture"
	"kirinuki/ui"
)

// networks shows the engine's networks and devices to the window.
type networks struct {
	engine *watched
	look   sync.Once

	mu      sync.Mutex
	devices []engine.Device
}

// watched is the engine, remembering which device was used last.
type watched struct {
	*engine.Engine
	last  atomic.Value // string
	stage atomic.Value // func(string): who is told what takes long now
}

func newWatched(c engine.Config) *watched {
	w := &watched{}
	c.Stage = func(key string) {
		if f, set := w.stage.Load().(func(string)); set {
			f(key)
		}
	}
	w.Engine = engine.New(c)
	return w
}

// Remove is the engine's, for the workspace.
func (w *watched) Remove(ctx context.Context, p *picture.Picture, r engine.Request, progress func(float64)) (*engine.Result, error) {
	result, err := w.Engine.Remove(ctx, p, r, progress)
	if err == nil && result.Device != "" {
		w.last.Store(result.Device)
	}
	return result, err
}

func (n *networks) Models() []ui.Model {
	all := n.engine.Models()
	shown := make([]ui.Model, len(all))
	for i, m := range all {
		shown[i] = ui.Model{Name: m.Name, Title: m.Title, Licence: m.License, Note: m.LicenseNote, Installed: m.Installed}
	}
	return shown
}

func (n *networks) ImportModel(ctx context.Context, path string) (string, error) {
	m, err := n.engine.AddModel(ctx, path)
	return m.Name, err
}

// Devices returns "auto" and the names of the devices that can be used.
// Looking for them starts a child process, so the first calls, until it has
// answered, know of the processor only.
func (n *networks) Devices() []string {
	n.look.Do(func() {
		go func() {
			if all, err := n.engine.Devices(context.Background()); err == nil {
				n.mu.Lock()
				defer n.mu.Unlock()
				n.devices = all
			}
		}()
	})
	n.mu.Lock()
	defer n.mu.Unlock()
	names := []string{"auto"}
	for _, d := range n.devices {
		if d.Usable {
			names = append(names, d.Name)
		}
	}
	if len(names) == 1 {
		names = append(names, "cpu")
	}
	return names
}

// Device returns what computed the last picture, as a person calls it.
func (n *networks) Device() string {
	last, _ := n.engine.last.Load().(string)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, d := range n.devices {
		if d.Name == last && last != "cpu" {
			return d.Title
		}
	}
	return strings.ToUpper(last)
}

// Trust has a device that crashed or was refused tried again.
func (n *networks) Trust(device string) { n.engine.Trust(device) }

// OnStage has f told what the engine says takes long now.
func (n *networks) OnStage(f func(key string)) { n.engine.stage.Store(f) }
