import HTTPTransport
import Simulators

/// Both simulators, running.
struct SimulatedWorld: Sendable {
  let graph: GraphSimulator
  let xmatters: XMattersSimulator
  let graphServer: SimulatorServer
  let xmattersServer: SimulatorServer
  private let client: HTTPClient

  static func start(
    users: Int, assigned: Int, seed: UInt64 = 1, graphPort: Int = 0, xmattersPort: Int = 0
  ) async throws -> SimulatedWorld {
    let client = try HTTPClient()
    let graph = GraphSimulator(tenant: .sample(users: users, assigned: assigned, seed: seed), client: client)
    let xmatters = XMattersSimulator()
    return SimulatedWorld(
      graph: graph, xmatters: xmatters, graphServer: try await SimulatorServer.start(graph, port: graphPort),
      xmattersServer: try await SimulatorServer.start(xmatters, port: xmattersPort), client: client)
  }

  func stop() async {
    await graph.shutdown()
    await graphServer.stop()
    await xmattersServer.stop()
    await client.shutdown()
  }

  /// A configuration of the service for this world. The secrets are the simulators' own and open nothing else.
  func configuration(statePath: String, listenerPort: Int) -> String {
    let tenant = graph.tenant
    return """
      # The simulators' secrets come through the environment:
      #   ROLLCALL_DIRECTORY_CLIENT_SECRET=\(Self.environment["ROLLCALL_DIRECTORY_CLIENT_SECRET"] ?? "")
      #   ROLLCALL_XMATTERS_PASSWORD=\(Self.environment["ROLLCALL_XMATTERS_PASSWORD"] ?? "")
      #   ROLLCALL_LISTENER_CLIENT_STATE=\(Self.environment["ROLLCALL_LISTENER_CLIENT_STATE"] ?? "")
      directory:
        tenantId: \(tenant.tenantID)
        clientId: \(GraphOptions().clientID)
        authorityUrl: \(graphServer.url)
        graphUrl: \(graphServer.url)
        application: {appId: \(tenant.applicationID)}
      xmatters:
        url: \(xmattersServer.url)
        username: \(XMattersOptions().username)
      listener:
        host: 127.0.0.1
        port: \(listenerPort)
        managementPort: 0
        publicUrl: http://127.0.0.1:\(listenerPort)
      state:
        path: \(statePath)

      """
  }

  static let environment = [
    "ROLLCALL_DIRECTORY_CLIENT_SECRET": GraphOptions().clientSecret,
    "ROLLCALL_XMATTERS_PASSWORD": XMattersOptions().password,
    "ROLLCALL_LISTENER_CLIENT_STATE": "simulated-client-state",
  ]
}
