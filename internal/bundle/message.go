package bundle

import "google.golang.org/protobuf/reflect/protoreflect"

// fill sets the fields of a message from a node. The message's descriptor says what may stand where, so a field
// that is added to the message is known here at once.
func (d *document) fill(m protoreflect.Message, n *node, path jsonPath) {
	switch m.Descriptor().FullName() {
	case "google.protobuf.Duration":
		d.duration(m, n, path)
	case "google.protobuf.Value":
		d.variable(m, n, path)
	default:
		if d.expect(kindObject, n, path) {
			d.object(m, n, path)
		}
	}
}

func (d *document) object(m protoreflect.Message, n *node, path jsonPath) {
	fields := m.Descriptor().Fields()
	d.members(n, path, func(member *node) {
		field := fields.ByName(protoreflect.Name(member.key))
		if field == nil {
			d.stranger(fields, member, path)
			return
		}
		if member.kind != kindNull {
			d.field(m, field, member, path.field(member.key))
		}
	})
}

// members calls each for the members of an object. Of members with the same key the first one counts.
func (d *document) members(n *node, path jsonPath, each func(*node)) {
	first := make(map[string]*node, len(n.children))
	for i := range n.children {
		member := &n.children[i]
		switch earlier := first[member.key]; {
		case member.kind == kindUnusable:
			d.fault(member, path.field(member.key), "%s", member.text)
		case earlier != nil:
			d.fault(member, path.field(member.key), "is given twice, first in line %d; keep one", earlier.at.line)
		default:
			first[member.key] = member
			each(member)
		}
	}
}

func (d *document) field(m protoreflect.Message, field protoreflect.FieldDescriptor, n *node, path jsonPath) {
	switch {
	case field.IsMap():
		if d.expect(kindObject, n, path) {
			d.entries(m.Mutable(field).Map(), field.MapValue(), n, path)
		}
	case field.IsList():
		if d.expect(kindList, n, path) {
			d.elements(m.Mutable(field).List(), field, n, path)
		}
	case field.Message() != nil:
		d.fill(m.Mutable(field).Message(), n, path)
	default:
		if value := d.scalar(field, n, path); value.IsValid() {
			m.Set(field, value)
		}
	}
}

func (d *document) elements(list protoreflect.List, field protoreflect.FieldDescriptor, n *node, path jsonPath) {
	if len(n.children) == 0 && field.Name() == "cmd" {
		d.fault(n, path, "is empty; name the program, or leave the field out to run the step's artifact by its lang")
	}
	for i := range n.children {
		child, path := &n.children[i], path.at(i)
		element := list.NewElement()
		if !d.refuseNull(child, path) {
			if field.Message() != nil {
				d.fill(element.Message(), child, path)
			} else if value := d.scalar(field, child, path); value.IsValid() {
				element = value
			}
		}
		list.Append(element)
	}
}

func (d *document) entries(entries protoreflect.Map, field protoreflect.FieldDescriptor, n *node, path jsonPath) {
	d.members(n, path, func(member *node) {
		key, path := protoreflect.ValueOfString(member.key).MapKey(), path.field(member.key)
		if field.Message() != nil {
			d.fill(entries.Mutable(key).Message(), member, path)
			return
		}
		if d.refuseNull(member, path) {
			return
		}
		if value := d.scalar(field, member, path); value.IsValid() {
			entries.Set(key, value)
		}
	})
}

// stranger notes a field that the message does not have.
func (d *document) stranger(fields protoreflect.FieldDescriptors, n *node, object jsonPath) {
	remedy := "; the fields here are " + listNames(fields)
	if name := similarName(fields, n.key); name != "" {
		remedy = "; is " + name + " meant?"
	}
	d.fault(n, object.field(n.key), "is an unknown field%s", remedy)
	d.strangers[object.String()] = append(d.strangers[object.String()], n.kind)
}

// refuseNull notes a null where there is no field that could be absent, and tells whether it was one.
func (d *document) refuseNull(n *node, path jsonPath) bool {
	if n.kind == kindNull {
		d.fault(n, path, "must not be null; leave it out")
	}
	return n.kind == kindNull
}

// expect notes a node of another kind than the wanted one, and tells whether it is of that.
func (d *document) expect(wanted kind, n *node, path jsonPath) bool {
	switch {
	case n.kind == wanted:
		return true
	case n.kind == kindUnusable:
		d.fault(n, path, "%s", n.text)
	case wanted == kindString && (n.kind == kindNumber || n.kind == kindBool):
		d.fault(n, path, "must be a string, is %v; quote it: %s", n.kind, quoted(n.text))
	default:
		d.fault(n, path, "must be %v, is %v", wanted, n.kind)
	}
	return false
}
