// Converts Dockerfiles as BuildKit does before it builds: reads the paths of files on standard input, one a line, and writes for each a line of JSON.
// Nothing is fetched and nothing is run: every base image is there, and has a PATH and a shell. It is convert.py that calls it, and says how to build it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"

	"github.com/containerd/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type result struct {
	Path   string          `json:"path"`
	Error  string          `json:"error,omitempty"`
	Steps  int             `json:"steps"`
	Bases  []string        `json:"bases"`
	Config json.RawMessage `json:"config,omitempty"`
}

type resolver struct{ bases []string }

// What is said of every image: those of a registry say more, but all of them are images of Linux.
func (r *resolver) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	r.bases = append(r.bases, ref)
	image := ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}}
	image.Config.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	image.Config.Cmd = []string{"/bin/sh"}
	image.RootFS = ocispecs.RootFS{Type: "layers"}
	config, err := json.Marshal(image)
	return ref, digest.FromString(ref), config, err
}

// Arguments without a value: whoever builds gives one.
var open = regexp.MustCompile(`(?im)^\s*ARG\s+([A-Za-z_]\w*)\s*$`)

func read(path string) result {
	text, err := os.ReadFile(path)
	if err != nil {
		return result{Path: path, Error: err.Error()}
	}
	out := convert(path, text, nil)
	if out.Error != "" {
		arguments := map[string]string{}
		for _, found := range open.FindAllSubmatch(text, -1) {
			arguments[string(found[1])] = "1"
		}
		if len(arguments) > 0 {
			out = convert(path, text, arguments)
		}
	}
	return out
}

func convert(path string, text []byte, arguments map[string]string) (out result) {
	out = result{Path: path}
	defer func() {
		if panicked := recover(); panicked != nil {
			out.Error = fmt.Sprint("panic: ", panicked)
		}
	}()
	ctx := context.Background()
	images := &resolver{}
	caps := pb.Caps.CapSet(pb.Caps.All())
	platform := platforms.MustParse("linux/amd64")
	options := dockerfile2llb.ConvertOpt{
		TargetPlatform: &platform,
		MetaResolver:   images,
		LLBCaps:        &caps,
		Warn:           func(string, string, [][]byte, *parser.Range) {},
	}
	options.BuildArgs = arguments
	state, image, _, _, err := dockerfile2llb.Dockerfile2LLB(ctx, text, options)
	out.Bases = images.bases
	if err != nil {
		out.Error = err.Error()
		return out
	}
	definition, err := state.Marshal(ctx, llb.LinuxAmd64, llb.WithCaps(caps))
	if err != nil {
		out.Error = err.Error()
		return out
	}
	out.Steps = len(definition.Def)
	out.Config, err = json.Marshal(image.Config)
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

func main() {
	lines, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := out.Encode(read(lines.Text())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
