package journal

import "context"

// Check makes sure, by an empty transaction, that the journal takes what executions write, and returns how many bytes are set
// aside for states on a full disk; 0: the file system cannot do that. ErrFull: new executions are refused and output waits, see
// the package's doc. Any other error, but for the context's, says that nothing can be written any more.
func (j *Journal) Check(ctx context.Context) (reserved int64, err error) {
	leave, err := j.enter()
	if err != nil {
		return 0, err
	}
	defer leave()
	if err := j.db.commit(ctx, func(*statements) error { return j.reserve.check() }); err != nil {
		return 0, err
	}
	if j.reserve == nil {
		return 0, nil
	}
	return j.reserve.size, nil
}
