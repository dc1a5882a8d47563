import TestSupport
import Testing
@testable import ProvisioningModel
@testable import ProvisioningRules

/// What xMatters makes of changes: a device is put at its place, and the others close up.
private func carriedOut(_ changes: [DeviceChange], on devices: [Device]) -> [Device] {
  var result = devices.sorted { ($0.sequence ?? .max) < ($1.sequence ?? .max) }
  func place(_ device: Device, _ values: DeviceValues) {
    var device = device
    device.address = values.address ?? device.address
    device.delay = values.delay ?? device.delay
    let old = result.firstIndex { $0.name == device.name }
    if let old { result.remove(at: old) }
    let place = values.sequence.map { $0 - 1 } ?? old ?? result.count
    result.insert(device, at: min(place, result.count))
  }
  for change in changes {
    switch change {
    case .create(let name, let kind, let values):
      place(Device(id: name, name: name, kind: kind, address: ""), values)
    case .modify(let device, let values): place(device, values)
    case .delete(let device): result.removeAll { $0.name == device.name }
    }
  }
  for index in result.indices { result[index].sequence = index + 1 }
  return result
}

private func device(_ name: String, _ sequence: Int, delay: Int = 0) -> Device {
  Device(id: name, name: name, kind: .email, address: "a@example.org", sequence: sequence, delay: delay)
}

private func wanted(_ sequence: Int? = nil, delay: Int? = nil, address: String? = "a@example.org") -> DesiredDevice {
  DesiredDevice(kind: .email, address: address, sequence: sequence, delay: delay)
}

@Suite("The order and delay of devices")
struct DeviceChangesTests {
  @Test("Given no order and no delay is configured, those of xMatters are left alone")
  func unconfigured() {
    let changes = DeviceChange.changes(
      from: [device("B", 1, delay: 5), device("A", 2)], to: ["A": wanted(), "B": wanted()])
    #expect(changes.isEmpty)
  }

  @Test("Given another delay, only that is written")
  func delay() {
    let existing = [device("A", 1), device("B", 2, delay: 5)]
    let changes = DeviceChange.changes(from: existing, to: ["A": wanted(delay: 0), "B": wanted(delay: 10)])
    #expect(changes == [.modify(existing[1], .init(delay: 10))])
  }

  @Test("Given a new person, devices are made in their order, those without a place last")
  func creation() {
    let changes = DeviceChange.changes(
      from: [], to: ["A": wanted(), "B": wanted(2, delay: 3), "C": wanted(1)])
    #expect(
      changes == [
        .create(name: "C", kind: .email, .init(address: "a@example.org", sequence: 1)),
        .create(name: "B", kind: .email, .init(address: "a@example.org", sequence: 2, delay: 3)),
        .create(name: "A", kind: .email, .init(address: "a@example.org", sequence: 3)),
      ])
  }

  @Test(
    "Whatever the order was, one pass brings it about, and a second one has nothing to do",
    arguments: [
      (["A", "B", "X"], ["A": 1, "B": 2]), (["B", "A", "X"], ["A": 1, "B": 2]), (["X", "B", "A"], ["A": 1, "B": 2]),
      (["X", "A", "B"], ["A": 1, "B": 2]), (["A", "X"], ["A": 1, "B": 2]), ([], ["A": 1, "B": 2]),
      (["X", "Y"], ["A": 1, "B": 2]), (["A", "X", "B"], ["A": 1, "B": 9]), (["A", "X", "B", "C"], ["B": 8, "C": 9]),
      (["C", "B", "A", "X", "Y"], ["A": 1, "B": 3, "C": 5]), (["X", "A", "Y", "B"], ["A": 2]), (["A"], ["A": 7]),
      (["X", "Y", "A"], ["A": 1, "B": 3]), (["X", "Y", "Z"], ["A": 2, "B": 4, "C": 9]),
    ] as [([String], [String: Int])])
  func order(_ names: [String], _ places: [String: Int]) {
    let existing = names.enumerated().map { device($0.element, $0.offset + 1) }
    let desired = places.mapValues { wanted($0) }
    let after = carriedOut(DeviceChange.changes(from: existing, to: desired), on: existing)
    #expect(DeviceChange.changes(from: after, to: desired).isEmpty, "\(after.map(\.name))")
    let mapped = after.map(\.name).filter { places[$0] != nil }
    #expect(mapped == places.sorted { $0.value < $1.value }.map(\.key))
    let others = names.filter { places[$0] == nil }
    #expect(after.map(\.name).filter(others.contains) == others, "the others keep their order")
    if let last = places.values.max(), last <= after.count {
      for (name, place) in places { #expect(after.first { $0.name == name }?.sequence == place) }
    }
  }

  @Test("Given a device goes and another moves up, both happen in one pass")
  func deletion() {
    let existing = [device("A", 1), device("B", 2), device("C", 3)]
    let desired = ["A": wanted(address: nil), "C": wanted(1)]
    let after = carriedOut(DeviceChange.changes(from: existing, to: desired), on: existing)
    #expect(after.map(\.name) == ["C", "B"])
    #expect(DeviceChange.changes(from: after, to: desired).isEmpty)
  }
}
