package import ProvisioningModel

/// What is done to one device.
package enum DeviceChange: Hashable, Sendable {
  case create(name: String, kind: DeviceKind, DeviceValues)
  case modify(Device, DeviceValues)
  case delete(Device)

  package var name: String {
    switch self {
    case .create(let name, _, _): name
    case .modify(let device, _), .delete(let device): device.name
    }
  }
}

extension DeviceChange {
  /// Only what differs: devices go, others change and move, and new ones come at their places. Devices that no mapping names are left alone,
  /// though they may make way.
  static func changes(from devices: [Device], to desired: [String: DesiredDevice]) -> [DeviceChange] {
    let deletions = devices.filter { desired[$0.name].map { $0.address == nil } ?? false }
    let remaining = devices.filter { !deletions.contains($0) }.sorted { $0.sequence ?? .max < $1.sequence ?? .max }
    let names = remaining.map(\.name)
    let wanted = desired.filter { $0.value.address != nil }
    let places = wanted.compactMapValues(\.sequence)
    let order = DeviceOrder(existing: names, new: wanted.keys.filter { !names.contains($0) }.sorted(), places: places)
    let byName = Dictionary(remaining.map { ($0.name, $0) }) { first, _ in first }
    return deletions.map { .delete($0) }
      + wanted.keys.sorted().compactMap { name in
        byName[name].flatMap { device in wanted[name].flatMap { modification(of: device, to: $0) } }
      }
      + order.moves.compactMap { move in byName[move.name].map { .modify($0, DeviceValues(sequence: move.place)) } }
      + order.wanted.compactMap { name in
        guard byName[name] == nil, let device = wanted[name] else { return nil }
        let place = places.isEmpty ? nil : order.place(of: name)
        return .create(
          name: name, kind: device.kind,
          DeviceValues(address: device.address, sequence: place, delay: device.delay))
      }
  }

  private static func modification(of device: Device, to wanted: DesiredDevice) -> DeviceChange? {
    let values = DeviceValues(
      address: device.address == wanted.address ? nil : wanted.address,
      delay: wanted.delay == device.delay ?? 0 ? nil : wanted.delay)
    return values.isEmpty ? nil : .modify(device, values)
  }
}
