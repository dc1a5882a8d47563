import GRDB
import Provisioning

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

// How the domain's values look as rows. Nested values are JSON text: nothing queries into them.

extension Link {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), personID: PersonID(row["personID"]),
      condition: try stored(row["condition"]), digest: (row["digest"] as Int64?).map { UInt64(bitPattern: $0) },
      targetName: row["targetName"], pendingSupervisor: (row["pendingSupervisor"] as String?).map { ObjectID($0) })
  }

  var arguments: StatementArguments {
    [
      objectID.rawValue, personID.rawValue, condition.rawValue, digest.map { Int64(bitPattern: $0) }, targetName,
      pendingSupervisor?.rawValue,
    ]
  }
}

extension Escrow {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), kind: try stored(row["kind"]),
      failure: try decoded(FailureRow.self, row["failure"]).failure(), attempts: row["attempts"],
      firstFailure: Timestamp(milliseconds: row["firstFailure"]),
      lastAttempt: Timestamp(milliseconds: row["lastAttempt"]),
      nextAttempt: (row["nextAttempt"] as Int64?).map { Timestamp(milliseconds: $0) })
  }

  func arguments() throws -> StatementArguments {
    [
      objectID.rawValue, kind.rawValue, try encoded(FailureRow(failure)), attempts, firstFailure.milliseconds,
      lastAttempt.milliseconds, nextAttempt?.milliseconds,
    ]
  }
}

extension Creation {
  init(row: Row) throws {
    self.init(
      ObjectID(row["objectID"]), kind: try stored(row["kind"]), targetName: row["targetName"],
      at: Timestamp(milliseconds: row["at"]), isByFile: row["isByFile"])
  }

  var arguments: StatementArguments {
    [object.rawValue, kind.rawValue, targetName, at.milliseconds, isByFile]
  }
}

extension Watermark {
  init(row: Row) {
    self.init(
      users: row["users"], groups: row["groups"], fingerprint: UInt64(bitPattern: row["fingerprint"] as Int64),
      storedAt: Timestamp(milliseconds: row["storedAt"]), fullCycleAt: Timestamp(milliseconds: row["fullCycleAt"]))
  }

  var arguments: StatementArguments {
    [users, groups, Int64(bitPattern: fingerprint), storedAt.milliseconds, fullCycleAt.milliseconds]
  }
}

extension SubscriptionRecord {
  init(row: Row) {
    self.init(
      id: row["id"], resource: row["resource"], expiration: Timestamp(milliseconds: row["expiration"]),
      notificationURL: row["notificationURL"], clientStateDigest: row["clientStateDigest"])
  }

  var arguments: StatementArguments {
    [resource, id, expiration.milliseconds, notificationURL, clientStateDigest]
  }
}

extension ProvisioningLogEntry {
  init(row: Row) throws {
    self.init(
      id: row["id"], time: Timestamp(milliseconds: row["time"]), cycleID: row["cycleID"],
      action: try stored(row["action"]), status: try stored(row["status"]),
      duration: .milliseconds(row["duration"] as Int64), objectID: ObjectID(row["objectID"]),
      kind: try stored(row["kind"]), sourceName: row["sourceName"],
      targetID: (row["targetID"] as String?).map { TargetID($0) }, targetName: row["targetName"],
      steps: try decoded([StepRow].self, row["steps"]).map { try $0.step() },
      modifiedProperties: try decoded([PropertyRow].self, row["modifiedProperties"]).map(\.property),
      failure: try (row["failure"] as String?).map { try decoded(FailureRow.self, $0).failure() })
  }

  func arguments() throws -> StatementArguments {
    [
      id, time.milliseconds, cycleID, action.rawValue, status.rawValue, duration.milliseconds, objectID.rawValue,
      kind.rawValue, sourceName, targetID?.rawValue, targetName, try encoded(steps.map(StepRow.init)),
      try encoded(modifiedProperties.map(PropertyRow.init)), try failure.map { try encoded(FailureRow($0)) },
      searchText,
    ]
  }
}

/// A stored value that this version does not know.
struct UnreadableRow: Error {}

private struct StepRow: Codable {
  var kind: String
  var name: String
  var status: String
  var description: String
  var details: [String: String]

  init(_ step: ProvisioningLogEntry.Step) {
    kind = step.kind.rawValue
    name = step.name
    status = step.status.rawValue
    description = step.description
    details = step.details
  }

  func step() throws -> ProvisioningLogEntry.Step {
    .init(try stored(kind), name, try stored(status), description, details: details)
  }
}

private struct PropertyRow: Codable {
  var name: String
  var old: String?
  var new: String?

  init(_ property: ProvisioningLogEntry.ModifiedProperty) {
    name = property.name
    old = property.oldValue
    new = property.newValue
  }

  var property: ProvisioningLogEntry.ModifiedProperty { .init(name: name, oldValue: old, newValue: new) }
}

/// A failure as it is shown later. What to do about it was decided when it happened and is not stored.
struct FailureRow: Codable {
  var code: String
  var reason: String
  var advice: String
  var upstream: String?
  var method: String?
  var route: String?
  var status: Int?
  var message: String?

  init(_ failure: Failure) {
    code = failure.code.rawValue
    reason = failure.reason
    advice = failure.advice
    upstream = failure.exchange?.upstream
    method = failure.exchange?.method
    route = failure.exchange?.route
    status = failure.exchange?.status
    message = failure.exchange?.message
  }

  func failure() throws -> Failure {
    var exchange: Exchange?
    if let upstream, let method, let route {
      exchange = Exchange(upstream: upstream, method: method, route: route, status: status, message: message)
    }
    return Failure(.escrow, try stored(code), reason, advice: advice, exchange: exchange)
  }
}

func stored<Value: RawRepresentable>(_ text: String) throws -> Value where Value.RawValue == String {
  guard let value = Value(rawValue: text) else { throw UnreadableRow() }
  return value
}

func encoded(_ value: some Encodable) throws -> String {
  String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
  try JSONDecoder().decode(type, from: Data(text.utf8))
}
