// Package streamconn turns the two streams that an environment's exec gives into the connection that an agent is dialed by: the
// way for every environment whose agent has no address.
//
// It refuses to know what the streams belong to.
package streamconn
