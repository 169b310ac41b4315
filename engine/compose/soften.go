package compose

import (
	"context"

	"kirinuki/engine/matte"
)

// soften moves and feathers the edge.
func (j *job) soften(ctx context.Context) error {
	e := j.edit.Edge
	if e.Shift != 0 {
		j.alpha = matte.Shift(j.alpha, e.Shift*j.sourceScale)
	}
	if e.Feather != 0 {
		j.alpha = matte.Feather(j.alpha, e.Feather*j.sourceScale)
	}
	return ctx.Err()
}
