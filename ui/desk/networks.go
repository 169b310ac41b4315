package desk

import (
	"context"
	"strings"
	"sync"

	"kirinuki/engine"
	"kirinuki/engine/picture"
	"kirinuki/ui"
)

// networks shows the engine's networks and devices to the window. It is the
// workspace's remover, so that it knows which device was used last.
type networks struct {
	engine *engine.Engine
	look   sync.Once

	mu      sync.Mutex
	devices []engine.Device
	last    string
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
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, d := range n.devices {
		if d.Name == n.last && d.Name != "cpu" {
			return d.Title
		}
	}
	return strings.ToUpper(n.last)
}

// Remove is the engine's, remembering the device.
func (n *networks) Remove(ctx context.Context, p *picture.Picture, r engine.Request, progress func(float64)) (*engine.Result, error) {
	result, err := n.engine.Remove(ctx, p, r, progress)
	if err == nil && result.Device != "" {
		n.mu.Lock()
		n.last = result.Device
		n.mu.Unlock()
	}
	return result, err
}
