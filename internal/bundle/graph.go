package bundle

import (
	"fmt"
	"slices"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// order tells whether the bundle is a graph; if it is one, it resolves the needs and holds it to its rules.
func (n *normaliser) order(message *clockworkv1.ArtifactBundle, steps []Step) bool {
	order := message.GetOrder()
	if order != "" && order != "sequence" && order != "graph" {
		n.fault(root.field("order"), `must be "sequence" or "graph", is %s`, quoted(order))
	}
	needs := func(s *clockworkv1.Step) bool { return len(s.GetNeeds()) > 0 }
	if len(steps) == 0 || (order != "graph" && !slices.ContainsFunc(message.GetSteps(), needs)) {
		return false
	}
	g := &graph{normaliser: n, messages: message.GetSteps(), steps: steps}
	g.nameSteps()
	for i := range steps {
		g.resolveNeeds(i)
	}
	g.findCycles()
	for i := range steps {
		slices.Sort(steps[i].Needs)
	}
	return true
}

// graph is the steps while their needs are resolved.
type graph struct {
	*normaliser
	messages []*clockworkv1.Step
	steps    []Step
	byName   map[string]int
	// inDoubt says that some step's name is not known, so that an unknown need may be that step.
	inDoubt bool
}

func (g *graph) nameSteps() {
	g.byName = make(map[string]int, len(g.steps))
	g.inDoubt = g.document.isBroken(stepsPath)
	for i, s := range g.steps {
		at := stepsPath.at(i).field("name")
		if g.messages[i].GetName() == "" {
			g.inDoubt = g.inDoubt || g.document.isBroken(at)
			at = stepsPath.at(i).field("purpose")
		}
		g.inDoubt = g.inDoubt || g.document.isBroken(at)
		if s.Name == "" {
			g.inDoubt = g.inDoubt || g.document.maybeMisnamed(stepsPath.at(i), kindString)
			continue
		}
		if earlier, ok := g.byName[s.Name]; ok {
			g.fault(at, "gives this step the name %s, as %v has; in a graph each step needs a name of its own",
				quoted(s.Name), stepsPath.at(earlier))
			continue
		}
		g.byName[s.Name] = i
	}
}

// resolveNeeds sets a step's needs, in the order of the message.
func (g *graph) resolveNeeds(i int) {
	known := map[int]bool{}
	for k, name := range g.messages[i].GetNeeds() {
		at := g.needAt(i, k)
		need, ok := g.byName[name]
		switch {
		case !ok && g.inDoubt:
		case !ok:
			g.fault(at, "must name a step; none is named %s", quoted(name))
		case need == i:
			g.fault(at, "must name another step than its own")
		case known[need]:
			g.fault(at, "names %s a second time; keep one", quoted(name))
		default:
			known[need] = true
			g.steps[i].Needs = append(g.steps[i].Needs, need)
		}
	}
}

func (g *graph) needAt(i, k int) jsonPath { return stepsPath.at(i).field("needs").at(k) }

// findCycles names, for each need that closes a cycle, the whole cycle. Without those needs there is none left.
func (g *graph) findCycles() {
	const unseen, done = 0, -1 // between them: the place in the trail, from 1
	state := make([]int, len(g.steps))
	var trail []int
	var visit func(i int)
	visit = func(i int) {
		trail = append(trail, i)
		state[i] = len(trail)
		for k, name := range g.messages[i].GetNeeds() {
			need, ok := g.byName[name]
			switch {
			case !ok || need == i || state[need] == done:
			case state[need] == unseen:
				visit(need)
			default:
				g.fault(g.needAt(i, k), "closes a cycle: %v", cycle{g, trail[state[need]-1:]})
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = done
	}
	for i := range g.steps {
		if state[i] == unseen {
			visit(i)
		}
	}
}

// cycle is steps each of which needs the next one, the last one the first.
type cycle struct {
	*graph
	steps []int
}

// String spells a cycle out, a long one shortened.
func (c cycle) String() string {
	const most = 8
	var out strings.Builder
	for _, i := range c.steps[:min(len(c.steps), most)] {
		fmt.Fprintf(&out, "%v needs ", quoted(c.graph.steps[i].Name))
	}
	if len(c.steps) > most {
		fmt.Fprintf(&out, "… (%d more) needs ", len(c.steps)-most)
	}
	fmt.Fprint(&out, quoted(c.graph.steps[c.steps[0]].Name))
	return out.String()
}
