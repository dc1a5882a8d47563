import GRDB
import JSON
import ProvisioningModel

// How the domain's values look as rows. Nested values are JSON text: nothing queries into them.

extension Link {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), personID: PersonID(row["personID"]),
      condition: try stored(row["condition"]), digest: (row["digest"] as Int64?).map { UInt64(bitPattern: $0) },
      targetName: row["targetName"], pendingSupervisor: (row["pendingSupervisor"] as String?).map { ObjectID($0) },
      proof: try stored(row["proof"]), orphanSince: (row["orphanSince"] as Int64?).map { Timestamp(milliseconds: $0) },
      lostSince: (row["lostSince"] as Int64?).map { Timestamp(milliseconds: $0) })
  }

  var arguments: StatementArguments {
    [
      objectID.rawValue, personID.rawValue, condition.rawValue, digest.map { Int64(bitPattern: $0) }, targetName,
      pendingSupervisor?.rawValue, proof.rawValue, orphanSince?.milliseconds, lostSince?.milliseconds,
    ]
  }
}

extension Escrow {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), kind: try stored(row["kind"]),
      failure: try Failure(stored: StoredObject(text: row["failure"])), attempts: row["attempts"],
      firstFailure: Timestamp(milliseconds: row["firstFailure"]),
      lastAttempt: Timestamp(milliseconds: row["lastAttempt"]),
      nextAttempt: (row["nextAttempt"] as Int64?).map { Timestamp(milliseconds: $0) })
  }

  var arguments: StatementArguments {
    [
      objectID.rawValue, kind.rawValue, failure.stored.text, attempts, firstFailure.milliseconds,
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
      steps: try StoredObject.list(text: row["steps"]).map(Step.init(stored:)),
      modifiedProperties: try StoredObject.list(text: row["modifiedProperties"]).map(ModifiedProperty.init(stored:)),
      failure: try (row["failure"] as String?).map { try Failure(stored: StoredObject(text: $0)) })
  }

  var arguments: StatementArguments {
    [
      id, time.milliseconds, cycleID, action.rawValue, status.rawValue, duration.milliseconds, objectID.rawValue,
      kind.rawValue, sourceName, targetID?.rawValue, targetName, JSONValue.array(steps.map(\.stored)).text,
      JSONValue.array(modifiedProperties.map(\.stored)).text, failure?.stored.text, searchText,
    ]
  }
}
