import Hummingbird
import JSON
import Logging
import MicrosoftGraph
import ProvisioningModel

/// What an operator and another program may ask and order (docs/http-api.md, "Admin API"). Nothing gets in without the admin token.
struct AdminAPI: Sendable {
  enum Operation: Hashable, Sendable {
    case readJob, startJob, pauseJob, restartJob, validateCredentials, provisionOnDemand
    case listProvisioning
    case listConnections, readConnection, deleteConnection
    case listEscrows, retryEscrows
    case listRemovals, allowRemovals, keepRemovals
    case listOrphans
    case listAudit
    case listPeople, readPerson
    case readConfiguration, readStatistics, listFunctions
    case evaluate

    /// Whether it takes the role of an operator, and goes into the audit log. Reads, evaluations and dry runs do not.
    func isOrder(_ request: AdminRequest) -> Bool {
      switch self {
      case .readJob, .listProvisioning, .listConnections, .readConnection, .listEscrows, .listOrphans, .listAudit,
        .listRemovals, .listPeople, .readPerson, .readConfiguration, .readStatistics, .listFunctions, .evaluate:
        false
      case .provisionOnDemand: (try? request.object())?["dryRun"]?.boolean != true
      case .startJob, .pauseJob, .restartJob, .validateCredentials, .deleteConnection, .retryEscrows, .allowRemovals,
        .keepRemovals:
        true
      }
    }
  }

  static let routes: [Route] = [
    Route(.get, "/api/v1/job", .admin(.readJob)), Route(.post, "/api/v1/job/start", .admin(.startJob)),
    Route(.post, "/api/v1/job/pause", .admin(.pauseJob)), Route(.post, "/api/v1/job/restart", .admin(.restartJob)),
    Route(.post, "/api/v1/job/validateCredentials", .admin(.validateCredentials)),
    Route(.post, "/api/v1/job/provisionOnDemand", .admin(.provisionOnDemand)),
    Route(.get, "/api/v1/provisioning", .admin(.listProvisioning)),
    Route(.get, "/api/v1/connections", .admin(.listConnections)),
    Route(.get, "/api/v1/connections/{objectId}", .admin(.readConnection)),
    Route(.delete, "/api/v1/connections/{objectId}", .admin(.deleteConnection)),
    Route(.get, "/api/v1/escrows", .admin(.listEscrows)),
    Route(.post, "/api/v1/escrows/retry", .admin(.retryEscrows)),
    Route(.get, "/api/v1/removals", .admin(.listRemovals)),
    Route(.post, "/api/v1/removals/allow", .admin(.allowRemovals)),
    Route(.post, "/api/v1/removals/keep", .admin(.keepRemovals)),
    Route(.get, "/api/v1/orphans", .admin(.listOrphans)),
    Route(.get, "/api/v1/people", .admin(.listPeople)),
    Route(.get, "/api/v1/people/{objectId}", .admin(.readPerson)),
    Route(.get, "/api/v1/configuration", .admin(.readConfiguration)),
    Route(.get, "/api/v1/statistics", .admin(.readStatistics)),
    Route(.get, "/api/v1/expressions/functions", .admin(.listFunctions)),
    Route(.get, "/api/v1/audit", .admin(.listAudit)),
    Route(.post, "/api/v1/expressions/evaluate", .admin(.evaluate)),
  ]

  /// Bodies are small: none carries more than an expression and the attributes of a user.
  static let maxBodyBytes = 1 << 20
  static let limits = JSONLimits(maxValues: NotificationBatch.maxValues, maxNameBytes: 1024)

  let gate: AdminGate
  let page: ConsolePage
  /// Nil unless people may sign in with their accounts.
  let signIn: SignInResource?
  let job: JobResource
  let provisioning: ProvisioningResource
  let connections: ConnectionsResource
  let escrows: EscrowsResource
  let removals: RemovalsResource
  let orphans: OrphansResource
  let audit: AuditResource
  let people: PeopleResource
  let configuration: ConfigurationResource
  let statistics: StatisticsResource
  let expressions = ExpressionsResource()
  let bodies: BodyReader
  let logger: Logger

  var session: SessionResource { SessionResource(gate: gate, bodies: bodies) }

  /// Whether there is something at this path only with an admin token in the configuration.
  static func owns(_ path: String) -> Bool {
    covers(path) || path == "/console" || path.hasPrefix("/console/")
  }

  /// Whether nothing at this path may be told without the token, not even that it is not there.
  static func covers(_ path: String) -> Bool {
    path == "/api/v1" || path.hasPrefix("/api/v1/")
  }

  /// - Parameter caller: Nil where no token is asked for.
  func answer(
    _ action: Route.Action, _ parameters: [String], _ request: Request, _ caller: Caller?, from address: String?
  ) async -> Answer {
    switch (action, caller) {
    case (.consoleRedirection, _): ConsolePage.redirection
    case (.consolePage, _): page.file("index.html", request)
    case (.consoleOptions, _): page.options(await gate.signedIn(request))
    case (.consoleFile, _): page.file(parameters.first ?? "", request)
    case (.beginSignIn, _): signIn?.begin(request) ?? .nothing(at: request.uri.path)
    case (.finishSignIn, _): await signIn?.finish(request) ?? .nothing(at: request.uri.path)
    case (.openSession, _): await session.open(request, from: address)
    case (.readSession, let caller?): session.read(caller)
    case (.closeSession, _?): session.close(request)
    case (.admin(let operation), let caller?): await answer(operation, parameters, request, caller)
    default: .nothing(at: request.uri.path)
    }
  }

  private func answer(
    _ operation: Operation, _ parameters: [String], _ request: Request, _ caller: Caller
  ) async -> Answer {
    var body: ReceivedBody?
    if request.method != .get {
      switch await bodies.read(request) {
      case .refused(let answer): return answer
      case .whole(let received): body = received
      }
    }
    var order = AdminRequest(
      path: request.uri.path, parameters: parameters, caller: caller, accept: request.headers[.accept],
      contentType: request.headers[.contentType], body: body?.bytes ?? [])
    guard operation.isOrder(order) else { return await carryOut(operation, &order, request.uri.query, body) }
    let answer =
      caller.role == .admin ? await carryOut(operation, &order, request.uri.query, body) : Refusal.reader.answer
    await audit.record(operation, order, answer)
    return answer
  }

  private func carryOut(
    _ operation: Operation, _ request: inout AdminRequest, _ query: String?, _ body: ReceivedBody?
  ) async -> Answer {
    do {
      let room = try body.flatMap(room(for:))
      defer { withExtendedLifetime((body, room)) {} }
      request.query = try QueryItems(query)
      return try await answer(operation, request)
    } catch let refusal as Refusal {
      return refusal.answer
    } catch let failure as Failure {
      return Refusal(failure).answer
    } catch {
      logger.error("A request to the admin API failed: \(error).", metadata: ["operation": "\(operation)"])
      return .error(.internalServerError, "InternalError", "The request failed; the service's log says why.")
    }
  }

  /// Room for what the body is parsed into, twice: as a tree and as values.
  private func room(for body: ReceivedBody) throws(Refusal) -> MemoryBudget.Share? {
    // What is no JSON is said where it is needed.
    guard let text = try? JSONText(body.bytes, limits: Self.limits) else { return nil }
    switch body.room(for: 2 * text.census.treeBytes) {
    case .taken(let room): return room
    case .none: throw Refusal(.serviceUnavailable, "ServiceUnavailable", "Too many large bodies are being read.")
    case .tooMuch: throw .tooLarge("The body takes more memory than there is for bodies.")
    }
  }

  private func answer(_ operation: Operation, _ request: AdminRequest) async throws -> Answer {
    switch operation {
    case .readJob: try await job.read(request)
    case .startJob: try await job.start(request)
    case .pauseJob: try await job.pause(request)
    case .restartJob: try await job.restart(request)
    case .validateCredentials: try await job.validateCredentials(request)
    case .provisionOnDemand: try await job.provisionOnDemand(request)
    case .listProvisioning: try await provisioning.list(request)
    case .listConnections: try await connections.list(request)
    case .readConnection: try await connections.read(request)
    case .deleteConnection: try await connections.delete(request)
    case .listEscrows: try await escrows.list(request)
    case .retryEscrows: try await escrows.retry(request)
    case .listRemovals: try await removals.list(request)
    case .allowRemovals: try await removals.allow(request)
    case .keepRemovals: try await removals.keep(request)
    case .listOrphans: try await orphans.list(request)
    case .listPeople: try await people.list(request)
    case .readPerson: try await people.read(request)
    case .readConfiguration: try configuration.read(request)
    case .readStatistics: try await statistics.read(request)
    case .listFunctions: try expressions.functions(request)
    case .listAudit: try await audit.list(request)
    case .evaluate: try await expressions.evaluate(request)
    }
  }
}
