/// An error, typed by what to do about it (docs/decisions/0007-errors-say-what-to-do.md, "Decision"). Nothing is decided by its text.
package struct Failure: Error, Hashable, Sendable {
  package enum Remedy: Hashable, Sendable {
    /// Passing: the same again later, not before `after` when the other side said so.
    case retry(after: Duration?)
    /// The picture was out of date: read anew, then decide again.
    case reread
    /// This object cannot be provisioned until something about it changes; others go on.
    case escrow
    /// Nothing can be provisioned until a person mends it: credentials, permissions, the application.
    case quarantine
    /// The task was cancelled; nothing is wrong.
    case cancelled
  }

  package var remedy: Remedy
  package var code: ErrorCode
  /// What failed, with which input. Never a secret, a phone number or a name.
  package var reason: String
  /// What a person can do.
  package var advice: String
  package var exchange: Exchange?
  /// A write may or may not have been carried out; look before sending it again (docs/decisions/0006-creates-are-not-repeatable.md,
  /// "Decision").
  package var outcomeIsUnknown: Bool

  package init(
    _ remedy: Remedy, _ code: ErrorCode, _ reason: String, advice: String, exchange: Exchange? = nil,
    outcomeIsUnknown: Bool = false
  ) {
    self.remedy = remedy
    self.code = code
    self.reason = reason
    self.advice = advice
    self.exchange = exchange
    self.outcomeIsUnknown = outcomeIsUnknown
  }

  package static let cancelled = Failure(.cancelled, .internalError, "cancelled", advice: "")
}

/// The request that failed and what came back, without ids of people in the route and without bodies.
package struct Exchange: Hashable, Sendable {
  /// `graph`, `login` or `xmatters`.
  package var upstream: String
  package var method: String
  /// The path with placeholders, such as `/people/{id}`.
  package var route: String
  /// Nil when no answer came.
  package var status: Int?
  /// The other side's own error code and message, shortened.
  package var message: String?

  package init(upstream: String, method: String, route: String, status: Int?, message: String? = nil) {
    self.upstream = upstream
    self.method = method
    self.route = route
    self.status = status
    self.message = message
  }
}

/// The codes of the provisioning log (docs/reference/entra-provisioning.md, "Error codes").
package enum ErrorCode: String, Hashable, Sendable, CaseIterable {
  case conflict = "EntryConflict"
  case tooManyRequests = "TooManyRequests"
  case internalServerError = "InternalServerError"
  case insufficientRights = "InsufficientRights"
  case methodNotAllowed = "MethodNotAllowed"
  case unauthorized = "Unauthorized"
  case unprocessableEntity = "UnprocessableEntity"
  case notImplemented = "NotImplemented"
  case webException = "WebExceptionProtocolError"
  case timeout = "Timeout"
  case internalError = "InternalError"
  case invalidAnchor = "InvalidAnchor"
  case mandatoryFieldsMissing = "MandatoryFieldsMissing"
  case missingValues = "MissingValues"
  case schemaAttributeNotFound = "SchemaAttributeNotFound"
  case severalValues = "SchemaPropertyCanOnlyAcceptValue"
  case licenseLimitExceeded = "LicenseLimitExceeded"
  case duplicateTargetEntries = "DuplicateTargetEntries"
  case duplicateSourceEntries = "DuplicateSourceEntries"
  /// By the person of another directory object.
  case nameInUse = "NameInUse"
  case importSkipped = "ImportSkipped"
  case incompatibleAnswer = "SystemForCrossDomainIdentityManagementServiceIncompatible"
  case credentialValidation = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
  case badRequest = "SystemForCrossDomainIdentityManagementBadRequest"
  case applicationNotFound = "ApplicationNotFound"
  case stateUnavailable = "StateUnavailable"
  /// Another process owns it.
  case stateInUse = "StateInUse"
  case tooManyDeletes = "TooManyDeletes"
  case jobPaused = "JobPaused"
  /// The state is one of another tenant, application or prefix.
  case configurationChanged = "ConfigurationChanged"
}
