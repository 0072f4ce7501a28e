module peerstate/adapters/pion

go 1.19
