// Package server owns the daemon's public faces: the gRPC services, who may call them, and the HTTP side for metrics and
// health. An RPC is three moves: validate the request, call who knows, turn what comes back into the API's words.
//
// It refuses to know how an execution is run or recorded, and keeps no state of its own besides its connections.
package server
