import GRDB
import JSON
import ProvisioningModel

extension CountedRemoval {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), kind: try stored(row["kind"]), at: Timestamp(milliseconds: row["at"]),
      isCarriedOut: row["isCarriedOut"])
  }

  var arguments: StatementArguments { [objectID.rawValue, kind.rawValue, at.milliseconds, isCarriedOut] }
}

extension HeldRemoval {
  init(row: Row) throws {
    self.init(
      objectID: ObjectID(row["objectID"]), kind: try stored(row["kind"]), action: try stored(row["action"]),
      reason: try stored(row["reason"]), detail: row["detail"], displayName: row["displayName"],
      cycleID: row["cycleID"], since: Timestamp(milliseconds: row["since"]),
      state: row["isReleased"] ? .released : row["isKept"] ? .kept : .held)
  }

  var arguments: StatementArguments {
    [
      objectID.rawValue, kind.rawValue, action.rawValue, since.milliseconds, state == .released, state == .kept,
      reason.rawValue, detail, displayName, cycleID,
    ]
  }
}

extension QuarantineStatus {
  init(row: Row) throws {
    self.init(
      reason: try stored(row["reason"]), failure: try Failure(stored: StoredObject(text: row["failure"])),
      seriesBegan: Timestamp(milliseconds: row["seriesBegan"]),
      currentBegan: Timestamp(milliseconds: row["currentBegan"]), seriesCount: row["seriesCount"],
      nextAttempt: (row["nextAttempt"] as Int64?).map { Timestamp(milliseconds: $0) }, isDisabled: row["isDisabled"])
  }

  var arguments: StatementArguments {
    [
      reason.rawValue, failure.stored.text, seriesBegan.milliseconds, currentBegan.milliseconds,
      seriesCount, nextAttempt?.milliseconds, isDisabled,
    ]
  }
}
