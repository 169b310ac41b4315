// Package e2e drives the real program in a real window on a virtual display
// and looks at the files it saves. Its tests carry the build tag "e2e" and
// need Xvfb, openbox, xdotool, xclip and the built program; `make test` sees
// to all of that.
package e2e
