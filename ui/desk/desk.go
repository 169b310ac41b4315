// Package desk puts the real program behind the interfaces that the window
// asks for. It decides nothing and draws nothing.
package desk

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kirinuki/app"
	"kirinuki/app/cache"
	"kirinuki/app/diag"
	"kirinuki/app/privacy"
	"kirinuki/app/privacy/offline"
	"kirinuki/app/settings"
	"kirinuki/app/stats"
	"kirinuki/engine"
	"kirinuki/engine/model"
	"kirinuki/engine/worker"
	"kirinuki/ui"
)

// Desk is the running program less its window.
type Desk struct {
	Deps   ui.Deps
	engine *watched
	space  *app.Workspace
	stats  *stats.Store
	ctx    context.Context
	stop   context.CancelFunc
	once   sync.Once
}

// Open starts everything behind the window. paths are pictures to open with
// it.
func Open(choices *settings.Store, version string, paths []string) *Desk {
	s := choices.Get()
	d := &Desk{
		engine: newWatched(Engine()),
		stats:  stats.Open(inData("statistics.json"), s.Statistics),
	}
	d.ctx, d.stop = context.WithCancel(context.Background())
	log := diag.Open(inData("diagnostic.log"), s.Log)
	d.space = app.Open(app.Config{Remover: d.engine, Settings: choices, Stats: d.stats, Log: log})
	d.Deps = ui.Deps{
		Workspace:  d.space,
		Settings:   choices,
		Engine:     &networks{engine: d.engine},
		Privacy:    &promises{engine: d.engine, space: d.space, choices: choices, stats: d.stats, log: log},
		Statistics: d.stats,
		Log:        log,
		Version:    version,
		OnReady: func() {
			lock(log)
			go d.warm()
		},
		Open: paths,
	}
	return d
}

// warm loads the network of the first look while a person still looks for the
// first picture. What is wrong with it that picture will say.
func (d *Desk) warm() { d.engine.Warm(d.ctx, engine.BuiltIn, "") }

// Engine is the configuration that the window and the command line share:
// networks run in a child process where the program can start itself.
func Engine() engine.Config {
	c := engine.Config{Memory: inData("devices.json")}
	if command, err := worker.Self(); err == nil {
		c.Child = command
	}
	return c
}

// lock takes the internet away from the program, now that it has its display.
func lock(log *diag.Log) {
	if _, err := offline.Engage(os.Getenv("DISPLAY")); err != nil {
		log.Write("offline-lock", diag.Fault(err)) // the privacy screen measures and says so
	}
}

// Close stops all work and clears every working copy. It may be called more
// than once and from a signal's goroutine.
func (d *Desk) Close() {
	d.once.Do(func() {
		d.stop()
		d.space.Close()
		d.engine.Close()
		d.stats.Close()
	})
}

// inData names a file in the program's data folder, or "" where the system
// has none; what would be kept there is then kept in memory.
func inData(name string) string {
	dir := model.DataDir()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

// promises measures the policy's promises for the window.
type promises struct {
	engine  *watched
	space   *app.Workspace
	choices *settings.Store
	stats   *stats.Store
	log     *diag.Log
}

func (p *promises) Offline() bool { return privacy.Offline() }

// State is the cache's, for privacy.Probe.
func (p *promises) State() cache.State { return p.space.CacheState() }

func (p *promises) Facts(language string) []privacy.Fact {
	s := p.choices.Get()
	return privacy.Facts(language, privacy.Probe{
		Cache:        p,
		Deadlines:    p.deadlines,
		ClearAfter:   time.Duration(s.ClearAfter) * time.Minute,
		KeepMetadata: s.KeepMetadata,
		Statistics:   p.stats,
		Log:          p.log,
		Child: func() (worker.Status, error) {
			return p.engine.Confinement(context.Background())
		},
	})
}

func (p *promises) deadlines() []time.Time {
	var all []time.Time
	for _, item := range p.space.Items() {
		if !item.Deadline.IsZero() {
			all = append(all, item.Deadline)
		}
	}
	return all
}
