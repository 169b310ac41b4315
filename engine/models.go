package engine

import (
	"context"

	"kirinuki/engine/fault"
	"kirinuki/engine/model"
)

// ModelInfo is one network as a person sees it.
type ModelInfo struct {
	Name        string // for Request.Model
	Title       string
	Installed   bool
	BuiltIn     bool   // inside the program; cannot be removed
	Best        bool   // what Best stands for now
	Size        int64  // bytes; 0 if unknown
	License     string // SPDX identifier, or ""
	LicenseNote string
	Source      string // where it comes from
	Path        string // its file, or ""
}

// Models returns every network: first what is installed, the best first, then
// the rest of the catalogue.
func (e *Engine) Models() []ModelInfo {
	var all []ModelInfo
	there := map[string]bool{}
	for i, s := range model.Installed() {
		there[s.Name] = true
		m := info(s)
		m.Best = i == 0
		all = append(all, m)
	}
	for _, s := range model.Catalog() {
		if !there[s.Name] {
			all = append(all, info(s))
		}
	}
	return all
}

func info(s model.Spec) ModelInfo {
	return ModelInfo{Name: s.Name, Title: s.Title, Installed: s.Installed(), BuiltIn: s.Data != nil, Size: s.Size,
		License: s.License, LicenseNote: s.LicenseNote, Source: s.Source, Path: s.Path}
}

// AddModel installs the network in the file at path; see model.Import. It is
// run once before it is accepted.
func (e *Engine) AddModel(ctx context.Context, path string) (ModelInfo, error) {
	s, err := model.Import(ctx, path, e.try)
	e.Close() // the network was tried under a name that is gone
	if err != nil {
		return ModelInfo{}, err
	}
	return info(s), nil
}

// RemoveModel deletes an installed network's file.
func (e *Engine) RemoveModel(ctx context.Context, name string) error {
	if err := e.warm.lock(ctx); err != nil {
		return err
	}
	defer e.warm.unlock()
	if e.warm.spec.Name == name {
		e.warm.drop()
	}
	return model.Remove(name)
}

// try runs a network once on a picture of our own. Anything but a mask of
// sensible shape is an error.
func (e *Engine) try(ctx context.Context, s model.Spec) error {
	sample := model.Sample()
	run, err := e.warm.run(ctx, s, cpu, model.Prepare(&s, sample), func(float64) {})
	if k := fault.Of(err); err != nil && (k == fault.Crashed || k == fault.OutOfMemory) {
		return fault.New(fault.BadModel, s.Name, err)
	}
	if err != nil {
		return err
	}
	_, err = model.Finish(&s, run.out, sample.Bounds().Size())
	return err
}
