package tree

import "hash/fnv"

// Tag marks a process as the one of this number in a sandbox: 1, then 40 bits from the sandbox's id, then 20 bits of the number.
type Tag uint64

const (
	tagBase       = 1 << 62
	sandboxBits   = 40
	numberBits    = 20
	numberMask    = 1<<numberBits - 1
	sandboxTagged = ^Tag(numberMask)
)

// NewTag returns the tag of a process of a sandbox. The number 0 is the agent's own. After 2^20 processes numbers repeat.
func NewTag(sandboxID string, number uint64) Tag {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(sandboxID)) // a hash does not fail
	sandbox := hash.Sum64() >> (64 - sandboxBits)
	return Tag(tagBase | sandbox<<numberBits | number&numberMask)
}

// sandbox is what the tags of one sandbox have in common.
func (t Tag) sandbox() Tag { return t & sandboxTagged }
