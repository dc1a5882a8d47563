import HTTPTransport
import Provisioning
import Simulators
import Testing
import XMatters

/// The adapter against the simulator, over real sockets.
struct TargetRig: Sendable {
  let target: XMattersTarget<ContinuousClock>
  let simulator: XMattersSimulator

  static func with(_ body: (TargetRig) async throws -> Void) async throws {
    let simulator = XMattersSimulator()
    let server = try await SimulatorServer.start(simulator)
    let client = try HTTPClient()
    let upstream = Upstream(
      name: "xmatters", client: client,
      limits: UpstreamLimits(
        maxConcurrentRequests: 5, attempts: 3, backoffInitial: .milliseconds(1), backoffMax: .milliseconds(5)),
      clock: ContinuousClock(), wallClock: { 0 })
    let options = XMattersOptions()
    let target = XMattersTarget(
      XMattersClient(
        baseURL: server.url, upstream: upstream,
        credentials: .basic(username: options.username, password: { options.password })))
    do {
      try await body(TargetRig(target: target, simulator: simulator))
    } catch {
      Issue.record(error)
    }
    await client.shutdown()
    await server.stop()
  }
}

extension TargetRig {
  static let key = "entra:11111111-1111-1111-1111-111111111111"

  /// Makes a person of this name.
  func create(
    _ name: String, key: String = Self.key, _ others: [TargetAttribute: TargetValue] = [:]
  ) async throws(Failure) -> Person {
    let attributes: [TargetAttribute: TargetValue] = [
      .targetName: .text(name), .firstName: .text("Ada"), .lastName: .text("Keita"), .roles: .list(["Standard User"]),
      .supervisors: .list([]),
    ]
    return try await target.create(attributes.merging(others) { $1 }, externalKey: key)
  }

  func read(_ id: PersonID) async throws -> Person {
    try #require(try await target.person(id))
  }
}
