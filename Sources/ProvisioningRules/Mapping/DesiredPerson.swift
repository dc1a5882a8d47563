package import ProvisioningModel

/// What the mappings make of a user: the person as it ought to be in xMatters.
package struct DesiredPerson: Hashable, Sendable {
  /// Written on create and kept equal ever after.
  package var maintained: [TargetAttribute: TargetValue]
  /// Written on create only.
  package var initial: [TargetAttribute: TargetValue]
  /// Device name to address; nil takes the device away.
  package var devices: [String: DesiredDevice]
  /// Devices that are written on create only.
  package var initialDevices: [String: DesiredDevice] = [:]
  /// In precedence order; empty only for a person who is known already.
  package var matching: [MatchingValue]
  /// The manager, when not yet provisioned; resolved when it arrives (docs/decisions/0010-references-in-two-passes.md, "Decision").
  package var pendingSupervisor: ObjectID?
  /// What was left out and why, without the values.
  package var warnings: [String]

  /// With everything that is written on create as if it were maintained: for a person who was made without it.
  package var asNew: DesiredPerson {
    var new = self
    new.maintained = initial.merging(maintained.filter { $0.value != .null }) { _, maintained in maintained }
    new.devices = devices.merging(initialDevices) { _, initial in initial }
    return new
  }

  /// Of everything that is maintained. Equal digests mean that there is nothing to write.
  package var digest: UInt64 {
    var hash = StableHash()
    for (attribute, value) in maintained.sorted(by: { $0.key.description < $1.key.description }) {
      hash.combine(attribute.description)
      hash.combine(value)
    }
    for (name, device) in devices.sorted(by: { $0.key < $1.key }) {
      hash.combine("devices.\(name)")
      hash.combine(device.address ?? "\u{0}")
      hash.combine("\(device.sequence ?? 0) \(device.delay ?? -1)")
    }
    return hash.value
  }
}

/// A device as it ought to be; a nil address takes it away.
package struct DesiredDevice: Hashable, Sendable {
  package var kind: DeviceKind
  package var address: String?
  package var sequence: Int? = nil
  package var delay: Int? = nil
}

/// A value by which an existing person may be found.
package struct MatchingValue: Hashable, Sendable {
  package var attribute: TargetAttribute
  package var value: String

  package init(attribute: TargetAttribute, value: String) {
    self.attribute = attribute
    self.value = value
  }
}

/// FNV-1a over 64 bits: the same in every process, which Swift's own hashing is not.
package struct StableHash {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    // A byte that UTF-8 never has, so that ("ab", "c") and ("a", "bc") differ.
    combine(0xff)
  }

  package mutating func combine(_ target: TargetValue) {
    switch target {
    case .text(let text):
      combine("text")
      combine(text)
    case .list(let list):
      combine("list")
      list.sorted().forEach { combine($0) }
    case .boolean(let boolean): combine(boolean ? "true" : "false")
    case .number(let number): combine("\(number)")
    case .null: combine("null")
    }
  }

  private mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }
}
