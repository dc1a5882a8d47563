/// The difference between a person as it is and as it ought to be.
package struct PersonChanges: Hashable, Sendable {
  package enum DeviceChange: Hashable, Sendable {
    case create(name: String, kind: DeviceKind, address: String)
    case modify(Device, address: String)
    case delete(Device)
  }

  package var attributes: [TargetAttribute: TargetValue] = [:]
  package var devices: [DeviceChange] = []

  package var isEmpty: Bool { attributes.isEmpty && devices.isEmpty }

  /// What a new person is created with; devices follow once it is there.
  package static func creation(of desired: DesiredPerson) -> PersonChanges {
    let maintained = desired.maintained.filter { $0.value != .null }
    return PersonChanges(
      attributes: desired.initial.merging(maintained) { _, maintained in maintained },
      devices: deviceChanges(from: [], to: desired.devices.merging(desired.initialDevices) { _, initial in initial }))
  }

  /// Only what differs; devices that no mapping names are left alone.
  package static func between(_ person: Person, and desired: DesiredPerson) -> PersonChanges {
    PersonChanges(
      attributes: desired.maintained.filter { !isEqual(person.attributes[$0.key], $0.value) },
      devices: deviceChanges(from: person.devices, to: desired.devices))
  }

  private static func deviceChanges(
    from devices: [Device], to desired: [String: DesiredDevice]
  ) -> [DeviceChange] {
    desired.sorted { $0.key < $1.key }.compactMap { name, wanted in
      let existing = devices.first { $0.name == name }
      switch (existing, wanted.address) {
      case (nil, nil): return nil
      case (nil, let address?): return .create(name: name, kind: wanted.kind, address: address)
      case (let device?, nil): return .delete(device)
      case (let device?, let address?):
        return device.address == address ? nil : .modify(device, address: address)
      }
    }
  }

  private static func isEqual(_ current: TargetValue?, _ desired: TargetValue) -> Bool {
    switch (current, desired) {
    case (nil, .null), (nil, .list([])), (.null?, .null): true
    case (.list(let current)?, .list(let desired)): Set(current) == Set(desired)
    case (.number(let current)?, .text(let desired)): Double(desired) == current
    case (.boolean(let current)?, .text(let desired)): desired.lowercased() == (current ? "true" : "false")
    case (let current?, let desired): current == desired
    case (nil, _): false
    }
  }

  /// The changes as the provisioning log shows them, old to new.
  package func modifiedProperties(
    from person: Person?, redacting redacted: Set<TargetAttribute>
  ) -> [ProvisioningLogEntry.ModifiedProperty] {
    var properties = attributes.map { attribute, value in
      (attribute, person?.attributes[attribute]?.logText, value.logText)
    }
    for device in devices {
      switch device {
      case .create(let name, _, let address): properties.append((.device(name), nil, address))
      case .modify(let device, let address): properties.append((.device(device.name), device.address, address))
      case .delete(let device): properties.append((.device(device.name), device.address, nil))
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
}

extension TargetValue {
  /// As the provisioning log shows it; nil for no value.
  var logText: String? {
    switch self {
    case .text(let text): text
    case .list(let list): list.isEmpty ? nil : list.joined(separator: ", ")
    case .boolean(let boolean): boolean ? "true" : "false"
    case .number(let number): "\(number)"
    case .null: nil
    }
  }
}
