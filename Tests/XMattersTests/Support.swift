import HTTPTransport
import ProvisioningModel
import Simulators
import Testing
import XMatters

/// Runs `body` with the adapter against a simulator, over real sockets.
func withTarget(
  credentials: Credentials? = nil, options: XMattersOptions = .init(),
  _ body: (XMattersTarget<ContinuousClock>, XMattersSimulator) async throws -> Void
) async throws {
  let simulator = XMattersSimulator(options: options)
  let server = try await SimulatorServer.start(simulator)
  let client = try HTTPClient()
  let upstream = Upstream(
    name: "xmatters", client: client,
    limits: UpstreamLimits(
      maxConcurrentRequests: 5, attempts: 3, backoffInitial: .milliseconds(1), backoffMax: .milliseconds(5)),
    clock: ContinuousClock(), wallClock: { 0 })
  let target = XMattersTarget(
    XMattersClient(
      baseURL: server.url, upstream: upstream,
      credentials: credentials ?? .basic(username: options.username, password: { options.password })))
  do {
    try await body(target, simulator)
  } catch {
    Issue.record(error)
  }
  await client.shutdown()
  await server.stop()
}

func failure(_ body: () async throws(Failure) -> Void) async -> Failure? {
  do throws(Failure) {
    try await body()
    return nil
  } catch {
    return error
  }
}
