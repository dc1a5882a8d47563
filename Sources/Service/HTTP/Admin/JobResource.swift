import HTTPTypes
import JSON
import Logging
import Provisioning

/// What `/api/v1/job` asks of the service.
struct JobOperations: Sendable {
  var overview: @Sendable () async throws -> JobOverview
  var start: @Sendable () async throws -> Void
  var pause: @Sendable () async throws -> Void
  var restart: @Sendable (ResetScope) async throws -> Void
  /// Nil when both sides answered as they should.
  var testConnection: @Sendable () async -> ConnectionFailure?
}

/// Which side a connection test failed at.
struct ConnectionFailure: Hashable, Sendable {
  enum Side: String, Sendable {
    case directory, xmatters
  }

  var side: Side
  var failure: Failure
}

/// `/api/v1/job`: how the job is doing, and its verbs.
struct JobResource: Sendable {
  let operations: JobOperations
  let identity: JobIdentity
  let logger: Logger

  func read(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    return .json(try await operations.overview().json(identity))
  }

  func start(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    try await operations.start()
    logger.notice("The job was started on request.")
    return .noContent
  }

  func pause(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    try await operations.pause()
    logger.notice("The job was paused on request. Notifications are still taken.")
    return .noContent
  }

  func restart(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    let scope = try resetScope(request)
    try await operations.restart(scope)
    logger.notice("The job was restarted on request.", metadata: ["resetScope": "\(scope)"])
    return .noContent
  }

  /// `{"criteria": {"resetScope": "..."}}`; whatever is left out is Entra's own default.
  private func resetScope(_ request: AdminRequest) throws -> ResetScope {
    guard let criteria = try request.object()?["criteria"], !criteria.isNull else { return .standard }
    guard criteria.kind == .object else { throw Refusal.badRequest("'criteria' must be an object.") }
    guard let json = criteria["resetScope"], !json.isNull else { return .standard }
    guard let text = json.string, let scope = ResetScope(text) else {
      throw Refusal.badRequest(
        "'resetScope' must be any of \(ResetScope.names.joined(separator: ", ")), with commas between them.")
    }
    return scope
  }

  func validateCredentials(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    guard let problem = await operations.testConnection() else { return .noContent }
    let failure = problem.failure
    return .json(
      [
        "error": [
          "code": .string(failure.code.rawValue), "side": .string(problem.side.rawValue),
          "message": .string("\(problem.side.rawValue): \(failure.reason) \(failure.advice)"),
        ]
      ], status: .badRequest)
  }
}
