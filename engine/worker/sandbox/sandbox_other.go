//go:build !linux

package sandbox

import "errors"

func denyInternet() error { return errors.ErrUnsupported }

func denySockets() error { return errors.ErrUnsupported }

func restrictFiles(read, devices []string) (Files, error) { return Files{}, errors.ErrUnsupported }
