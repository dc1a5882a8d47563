package import ProvisioningModel

/// The difference between a person as it is and as it ought to be.
package struct PersonChanges: Hashable, Sendable {
  package var attributes: [TargetAttribute: TargetValue] = [:]
  package var devices: [DeviceChange] = []

  package init(attributes: [TargetAttribute: TargetValue] = [:], devices: [DeviceChange] = []) {
    self.attributes = attributes
    self.devices = devices
  }

  package var isEmpty: Bool { attributes.isEmpty && devices.isEmpty }

  /// What a new person is created with; devices follow once it is there.
  package static func creation(of desired: DesiredPerson) -> PersonChanges {
    let new = desired.asNew
    return PersonChanges(attributes: new.maintained, devices: DeviceChange.changes(from: [], to: new.devices))
  }

  /// Whether the person would lose a role or a device.
  package func takesAway(from person: Person) -> Bool { self != withoutLosses(from: person) }

  /// The rest of the changes, without what the person would lose: roles and devices.
  package func withoutLosses(from person: Person) -> PersonChanges {
    var rest = self
    rest.devices.removeAll { if case .delete = $0 { true } else { false } }
    guard let roles = attributes[.roles]?.list, let current = person.attributes[.roles]?.list else { return rest }
    let lost = current.filter { !roles.contains($0) }
    if !lost.isEmpty {
      let gained = roles.filter { !current.contains($0) }
      rest.attributes[.roles] = gained.isEmpty ? nil : .list(current + gained)
    }
    return rest
  }

  /// Only what differs; devices that no mapping names are left alone, and a default that stands in for a null is not cleared as one.
  package static func between(_ person: Person, and desired: DesiredPerson) -> PersonChanges {
    let attributes = desired.maintained.filter { attribute, value in
      let current = person.attributes[attribute]
      if isEqual(current, value) { return false }
      guard value == .null, let standIn = desired.initial[attribute] else { return true }
      return !isEqual(current, standIn)
    }
    let devices = desired.devices.filter { name, device in
      guard device.address == nil, let standIn = desired.initialDevices[name] else { return true }
      return person.devices.first { $0.name == name }?.address != standIn.address
    }
    return PersonChanges(
      attributes: attributes, devices: DeviceChange.changes(from: person.devices, to: devices))
  }

  private static func isEqual(_ current: TargetValue?, _ desired: TargetValue) -> Bool {
    switch (current, desired) {
    case (nil, .null), (nil, .list([])), (.null?, .null): true
    case (.list(let current)?, .list(let desired)): Set(current) == Set(desired)
    // Which of these a property is kept as, xMatters alone knows.
    case (.list(let current)?, .text(let desired)): current == [desired]
    case (.text(let current)?, .list(let desired)): desired == [current]
    case (.number(let current)?, .text(let desired)): Double(desired) == current
    case (.text(let current)?, .number(let desired)): Double(current) == desired
    case (.boolean(let current)?, .text(let desired)): desired.lowercased() == (current ? "true" : "false")
    case (.text(let current)?, .boolean(let desired)): current.lowercased() == (desired ? "true" : "false")
    case (let current?, let desired): current == desired
    case (nil, _): false
    }
  }

  /// The changes as the provisioning log shows them, old to new.
  package func modifiedProperties(
    from person: Person?, redacting redacted: Set<TargetAttribute>
  ) -> [ProvisioningLogEntry.ModifiedProperty] {
    var properties: [(TargetAttribute, String?, String?)] = attributes.map { attribute, value in
      (attribute, person?.attributes[attribute]?.logText, value.logText)
    }
    for device in devices {
      switch device {
      case .create(_, _, let values): properties += Self.properties(device.name, from: nil, to: values)
      case .modify(let before, let values): properties += Self.properties(device.name, from: before, to: values)
      case .delete(let before): properties.append((.device(device.name), before.address, nil))
      }
    }
    return properties.filter { $0.1 != $0.2 }.sorted { $0.0.description < $1.0.description }.map {
      attribute, old, new in
      let hides = redacted.contains(attribute)
      return .init(
        name: attribute.description, oldValue: hides ? old.map { _ in Redaction.mark } : old,
        newValue: hides ? new.map { _ in Redaction.mark } : new)
    }
  }

  private static func properties(
    _ name: String, from device: Device?, to values: DeviceValues
  ) -> [(TargetAttribute, String?, String?)] {
    var properties: [(TargetAttribute, String?, String?)] = []
    if let address = values.address { properties.append((.device(name), device?.address, address)) }
    for (part, old, new) in [
      ("sequence", device?.sequence, values.sequence), ("delay", device?.delay, values.delay),
    ] {
      if let new { properties.append((.device("\(name).\(part)"), old.map { "\($0)" }, "\(new)")) }
    }
    return properties
  }
}

extension TargetValue {
  /// As the provisioning log shows it; nil for no value.
  package var logText: String? {
    switch self {
    case .text(let text): text
    case .list(let list): list.isEmpty ? nil : list.joined(separator: ", ")
    case .boolean(let boolean): boolean ? "true" : "false"
    case .number(let number): "\(number)"
    case .null: nil
    }
  }
}
