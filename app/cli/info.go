package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"kirinuki/assets/tr"
)

// models is `kirinuki models` and `kirinuki models add FILE`.
func models(ctx context.Context, e *Env, args []string) int {
	flags := pflag.NewFlagSet("models", pflag.ContinueOnError)
	asJSON := flags.Bool("json", false, "")
	if status, done := e.parse(flags, args); done {
		return status
	}
	switch rest := flags.Args(); {
	case len(rest) == 2 && rest[0] == "add":
		eng := e.Engine()
		defer eng.Close()
		added, err := eng.AddModel(ctx, rest[1])
		if err != nil {
			e.complain(err)
			return statusOf(err)
		}
		fmt.Fprintln(e.Stdout, tr.T("cli.model-added", added.Name))
		return ok
	case len(rest) > 0:
		return e.usage(tr.T("cli.unknown-command", "models "+rest[0]))
	}
	eng := e.Engine()
	defer eng.Close()
	if *asJSON {
		enc := json.NewEncoder(e.Stdout)
		for _, m := range eng.Models() {
			enc.Encode(m)
		}
		return ok
	}
	table := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	for _, m := range eng.Models() {
		state := tr.T("cli.not-installed")
		if m.Installed {
			state = tr.T("cli.installed")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", m.Name, state, m.License, m.Title)
	}
	table.Flush()
	return ok
}

// devices is `kirinuki devices`.
func devices(ctx context.Context, e *Env, args []string) int {
	flags := pflag.NewFlagSet("devices", pflag.ContinueOnError)
	asJSON := flags.Bool("json", false, "")
	if status, done := e.parse(flags, args); done {
		return status
	}
	eng := e.Engine()
	defer eng.Close()
	found, err := eng.Devices(ctx)
	if err != nil {
		e.complain(err)
		return statusOf(err)
	}
	if *asJSON {
		enc := json.NewEncoder(e.Stdout)
		for _, d := range found {
			enc.Encode(d)
		}
		return ok
	}
	table := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	for _, d := range found {
		state := tr.T("cli.device-usable")
		if !d.Usable {
			state = tr.T("cli.device-not-usable", tr.T(d.Reason))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", d.Name, d.Title, state)
	}
	table.Flush()
	return ok
}
