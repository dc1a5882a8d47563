import HTTPTransport
import MicrosoftGraph
import ProvisioningModel
import Simulators

/// The room under test against the simulator, over a socket, on a clock without waiting.
struct GraphStage {
  let simulator: GraphSimulator
  let server: SimulatorServer
  let clock: SkippingClock
  let client: GraphClient<SkippingClock>
  let directory: GraphDirectory<SkippingClock>

  var tenant: Tenant { simulator.tenant }
  var users: [ObjectID] { tenant.userOrder.map { ObjectID($0) } }

  /// Runs a test against a stage and takes it down.
  static func with(
    users: Int = 1, assigned: Int = 0, delta: DeltaShape = .init(),
    attributes: Set<String> = ["department", "manager"], groupAttributes: Set<String> = ["objectId", "mailNickname"],
    pageSize: Int = 100, _ body: (GraphStage) async throws -> Void
  ) async throws {
    let http = try HTTPClient()
    var options = GraphOptions()
    options.delta = delta
    let simulator = GraphSimulator(tenant: .sample(users: users, assigned: assigned), options: options, client: http)
    let server = try await SimulatorServer.start(simulator)
    let clock = SkippingClock()
    let upstream = Upstream(
      name: "graph", client: http, limits: UpstreamLimits(maxConcurrentRequests: 16), clock: clock, random: { 0.5 },
      wallClock: { clock.time.milliseconds / 1000 })
    let tokens = TokenSource(
      authorityURL: server.url, tenantID: simulator.tenant.tenantID, clientID: options.clientID, graphURL: server.url,
      credential: .secret { [options] in options.clientSecret }, upstream: upstream, clock: clock, wall: clock.wall)
    let client = GraphClient(graphURL: server.url, tokens: tokens, upstream: upstream)
    let directory = GraphDirectory(
      client, application: .appID(simulator.tenant.applicationID), attributes: UserAttributes(attributes),
      groupAttributes: GroupAttributes(groupAttributes), pageSize: pageSize)
    let stage = GraphStage(simulator: simulator, server: server, clock: clock, client: client, directory: directory)
    let result: Result<Void, any Error>
    do { result = .success(try await body(stage)) } catch { result = .failure(error) }
    await simulator.shutdown()
    await server.stop()
    await http.shutdown()
    try result.get()
  }
}
