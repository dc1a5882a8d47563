import HTTPTypes
import JSON
import Logging
import ProvisioningModel
import SynchronizationJob

/// What `/api/v1/job` asks of the service.
struct JobOperations: Sendable {
  var overview: @Sendable () async throws -> JobOverview
  var start: @Sendable () async throws -> Void
  var pause: @Sendable () async throws -> Void
  var restart: @Sendable (ResetScope) async throws -> Void
  var provisionOnDemand: @Sendable (_ subjects: [JobSubject], _ dryRun: Bool) async throws -> [ProvisioningLogEntry]
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

  // MARK: Provision on demand

  private static let maxSubjects = 1000

  /// `{"subjects": [{"objectId", "objectTypeName"}], "dryRun": false}`; a group stands for all of its members, and for itself when groups
  /// are provisioned.
  func provisionOnDemand(_ request: AdminRequest) async throws -> Answer {
    try request.query.allow()
    guard let body = try request.object() else { throw Refusal.badRequest("The body must be a JSON object.") }
    let entries = try await operations.provisionOnDemand(try subjects(body), try dryRun(body))
    return .page(entries.map { $0.summary(identity) }, nextLink: nil)
  }

  private func subjects(_ body: JSON) throws(Refusal) -> [JobSubject] {
    guard let list = body["subjects"], list.kind == .array, (1...Self.maxSubjects).contains(list.count) else {
      throw .badRequest("'subjects' must be a list of 1 to \(Self.maxSubjects) objects.")
    }
    var subjects: [JobSubject] = []
    for item in list.elements {
      guard let id = item["objectId"]?.string, ObjectID.isWellFormed(id) else {
        throw .badRequest("'objectId' of each subject must be the object id of a user or group in the directory.")
      }
      guard let kind = item["objectTypeName"]?.string.flatMap(ObjectKind.init(rawValue:)) else {
        let names = ObjectKind.allCases.map(\.rawValue).joined(separator: " or ")
        throw .badRequest("'objectTypeName' of each subject must be \(names).")
      }
      subjects.append(JobSubject(ObjectID(id), kind))
    }
    return subjects
  }

  private func dryRun(_ body: JSON) throws(Refusal) -> Bool {
    guard let dryRun = body["dryRun"] else { return false }
    guard let value = dryRun.boolean else { throw .badRequest("'dryRun' must be true or false.") }
    return value
  }
}
