module ringfence.dev/e2e/node/agent

go 1.26.0
