/// One entry of the provisioning log, shaped as Graph's `provisioningObjectSummary`
/// (docs/reference/entra-provisioning.md, "Provisioning log").
package struct ProvisioningLogEntry: Hashable, Sendable {
  package enum Action: String, Hashable, Sendable, CaseIterable {
    case create, update, delete, disable, other
    case stagedDelete = "stageddelete"
  }

  package enum Status: String, Hashable, Sendable, CaseIterable {
    case success, warning, failure, skipped
  }

  package enum StepKind: String, Hashable, Sendable {
    case `import`, scoping, matching, processing, referenceResolution, export
  }

  package struct Step: Hashable, Sendable {
    package var kind: StepKind
    package var name: String
    package var status: Status
    package var description: String
    package var details: [String: String]

    package init(
      _ kind: StepKind, _ name: String, _ status: Status, _ description: String, details: [String: String] = [:]
    ) {
      self.kind = kind
      self.name = name
      self.status = status
      self.description = description
      self.details = details
    }
  }

  package struct ModifiedProperty: Hashable, Sendable {
    package var name: String
    package var oldValue: String?
    package var newValue: String?

    package init(name: String, oldValue: String?, newValue: String?) {
      self.name = name
      self.oldValue = oldValue
      self.newValue = newValue
    }
  }

  package var id: String
  package var time: Timestamp
  package var cycleID: String?
  package var action: Action
  package var status: Status
  package var duration: Duration
  package var objectID: ObjectID
  package var kind: ObjectKind
  package var sourceName: String?
  /// The person or group that the object is in xMatters.
  package var targetID: TargetID?
  package var targetName: String?
  package var steps: [Step]
  package var modifiedProperties: [ModifiedProperty]
  package var failure: Failure?

  package init(
    id: String, time: Timestamp, cycleID: String?, action: Action, status: Status, duration: Duration,
    objectID: ObjectID, kind: ObjectKind, sourceName: String?, targetID: TargetID?, targetName: String?,
    steps: [Step], modifiedProperties: [ModifiedProperty], failure: Failure?
  ) {
    self.id = id
    self.time = time
    self.cycleID = cycleID
    self.action = action
    self.status = status
    self.duration = duration
    self.objectID = objectID
    self.kind = kind
    self.sourceName = sourceName
    self.targetID = targetID
    self.targetName = targetName
    self.steps = steps
    self.modifiedProperties = modifiedProperties
    self.failure = failure
  }

  /// A new id: 32 hexadecimal digits.
  package static func makeID() -> String {
    func hexadecimal(_ number: UInt64) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hexadecimal(.random(in: .min ... .max)) + hexadecimal(.random(in: .min ... .max))
  }
}
