package import ProvisioningModel
import Synchronization

/// The port `Target` in memory. It refuses what xMatters refuses: names that are taken, sites, roles and supervisors that are not there,
/// languages that are not enabled.
package final class ModelTarget: Target {
  /// A write that had its effect.
  package struct Write: Hashable, Sendable, CustomStringConvertible {
    package var operation: Operation
    package var person: PersonID
    package var attributes: [TargetAttribute: TargetValue]
    package var device: String?

    package init(
      _ operation: Operation, _ person: PersonID, _ attributes: [TargetAttribute: TargetValue] = [:],
      device: String? = nil
    ) {
      self.operation = operation
      self.person = person
      self.attributes = attributes
      self.device = device
    }

    package var description: String {
      "\(operation) \(person) \(attributes) \(device ?? "")"
    }
  }

  package enum Removal: Hashable, Sendable {
    case disable, delete
  }

  struct Storage {
    var people: [PersonID: Person] = [:]
    var groups: [GroupID: Group] = [:]
    var members: [GroupID: Set<MemberID>] = [:]
    var groupWrites: [GroupWrite] = []
    var groupRemovals: Set<String> = []
    var catalogue = Catalogue.sample
    var languages: Set<String> = ["en", "fr", "pt_BR"]
    var writes: [Write] = []
    var removals: Set<String> = []
    var refusedAddresses: Set<String> = []
    var refusedSupervisors: Set<PersonID> = []
    var madeSites: [String] = []
    var lastID = 0
    var poison: [String: Failure] = [:]
    var underWay: Set<String> = []
    var overlaps: [String] = []
    var onRemoval: (@Sendable (String, Removal) -> Void)?

    /// Nothing is left of a person.
    mutating func forget(_ id: PersonID) {
      for other in people.keys { people[other]?.loseSupervisor(id) }
      for group in members.keys { members[group]?.remove(MemberID(id)) }
    }

    mutating func nextID(_ prefix: String) -> String {
      lastID += 1
      return "\(prefix)\(lastID)"
    }
  }

  package let faults: Faults
  let storage = Mutex(Storage())

  package init(faults: Faults = Faults()) {
    self.faults = faults
  }

  // MARK: What happens in xMatters, by other hands

  /// Makes a person as an administrator would.
  @discardableResult
  package func put(
    _ attributes: [TargetAttribute: TargetValue], externalKey: String? = nil, devices: [Device] = []
  ) -> PersonID {
    storage.withLock { storage in
      let id = PersonID(storage.nextID("hand-"))
      var attributes = attributes
      if attributes[.status] == nil { attributes[.status] = PersonStatus.active }
      storage.people[id] = Person(id: id, externalKey: externalKey, attributes: attributes, devices: devices)
      return id
    }
  }

  package func change(_ id: PersonID, _ body: (inout Person) -> Void) {
    storage.withLock { storage in
      guard var person = storage.people[id] else { return }
      body(&person)
      storage.people[id] = person
    }
  }

  package func remove(_ id: PersonID) {
    storage.withLock { storage in
      storage.people[id] = nil
      storage.forget(id)
    }
  }

  package func enable(language: String) {
    storage.withLock { _ = $0.languages.insert(language) }
  }

  /// No device may have this address, such as one of a forbidden mail domain.
  /// A person who may not supervise, for want of a role.
  package func refuse(supervisor: PersonID) {
    storage.withLock { _ = $0.refusedSupervisors.insert(supervisor) }
  }

  package func acceptSupervisors() {
    storage.withLock { $0.refusedSupervisors = [] }
  }

  package func refuse(address: String) {
    storage.withLock { _ = $0.refusedAddresses.insert(address) }
  }

  /// The sites that were made through the port.
  package var madeSites: [String] { storage.withLock { $0.madeSites } }

  package func changeCatalogue(_ body: (inout Catalogue) -> Void) {
    storage.withLock { body(&$0.catalogue) }
  }

  /// Whatever is written with this external key is refused; nil ends it.
  package func refuse(_ externalKey: String, with failure: Failure?) {
    storage.withLock { $0.poison[externalKey] = failure }
  }

  /// Called with the external key of a person who is disabled or deleted through the port, once it has happened.
  package func onRemoval(_ body: (@Sendable (String, Removal) -> Void)?) {
    storage.withLock { $0.onRemoval = body }
  }

  // MARK: What is there

  package var poisoned: Set<String> { storage.withLock { Set($0.poison.keys) } }

  /// Writes to one person that did not wait for each other.
  package var overlaps: [String] { storage.withLock { $0.overlaps } }

  package var people: [PersonID: Person] { storage.withLock { $0.people } }
  package var writes: [Write] { storage.withLock { $0.writes } }

  /// The external keys of people who were ever deleted or set inactive through the port.
  package var removals: Set<String> { storage.withLock { $0.removals } }

  package func person(known id: PersonID) -> Person? {
    storage.withLock { $0.people[id] }
  }

  package func people(withKey externalKey: String) -> [Person] {
    storage.withLock { $0.people.values.filter { $0.externalKey == externalKey } }
  }

  /// What was written since the last call.
  package func takeWrites() -> [Write] {
    storage.withLock { storage in
      defer { storage.writes = [] }
      return storage.writes
    }
  }

  // MARK: Reads

  /// - Parameter gone: The answer that says that there is no such person or group; nil when none does.
  func access<Answer: Sendable>(
    _ operation: Operation, gone: Answer? = nil, _ body: (inout sending Storage) -> Result<Answer, Failure>
  ) async throws(Failure) -> Answer {
    let fault = try await faults.meet(operation)
    if fault == .saysGone {
      guard let gone else { throw .unavailable }
      return gone
    }
    let result = storage.withLock { storage -> Result<Answer, Failure> in body(&storage) }
    let answer = try result.get()
    switch fault {
    case nil, .saysGone?: return answer
    case .answerLost?: throw .answerLost
    case .brokenOff(let failure)?, .refused(let failure)?: throw failure
    }
  }

  package func person(_ id: PersonID) async throws(Failure) -> Person? {
    try await access(.person, gone: .some(nil)) { .success($0.people[id]) }
  }

  package func people(where attribute: TargetAttribute, equals value: String) async throws(Failure) -> [Person] {
    try await access(.people) { storage in
      .success(
        storage.people.values.filter { person in
          let held: String? =
            if case .device(let name) = attribute {
              person.devices.first { $0.name == name }?.address
            } else {
              person.attributes[attribute]?.text
            }
          return held?.lowercased() == value.lowercased()
        }.sorted { $0.id.rawValue < $1.id.rawValue })
    }
  }

  package func forEachPerson(_ consume: (Person) throws(Failure) -> Void) async throws(Failure) {
    let fault = try await faults.meet(.forEachPerson)
    let people = storage.withLock { $0.people.values.sorted { $0.id.rawValue < $1.id.rawValue } }
    for person in people.prefix(fault == nil ? people.count : people.count / 2) {
      try consume(person)
    }
    switch fault {
    case nil: return
    case .answerLost?, .saysGone?: throw .unavailable
    case .brokenOff(let failure)?, .refused(let failure)?: throw failure
    }
  }

  package func createSite(named name: String, like model: String) async throws(Failure) {
    try await access(.createSite) { storage -> Result<Void, Failure> in
      guard storage.catalogue.siteID(model) != nil else { return .failure(.badRequest) }
      if storage.catalogue.siteID(name) == nil {
        storage.catalogue.sites[name] = storage.nextID("site-")
        storage.madeSites.append(name)
      }
      return .success(())
    }
  }

  package func catalogue(refreshing: Bool) async throws(Failure) -> Catalogue {
    try await access(.catalogue) { .success($0.catalogue) }
  }

  // MARK: Writes

  private func write<Answer: Sendable>(
    _ operation: Operation, of person: String, _ body: (inout sending Storage) -> Result<Answer, Failure>
  ) async throws(Failure) -> Answer {
    storage.withLock { storage in
      if !storage.underWay.insert(person).inserted { storage.overlaps.append("\(operation) of \(person)") }
    }
    defer { storage.withLock { _ = $0.underWay.remove(person) } }
    return try await access(operation, body)
  }

  private func removed(_ externalKey: String, _ removal: Removal) {
    let onRemoval = storage.withLock { storage in
      storage.removals.insert(externalKey)
      return storage.onRemoval
    }
    onRemoval?(externalKey, removal)
  }

  package func create(
    _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure) -> Person {
    try await write(.create, of: externalKey) { storage in
      if let failure = storage.poison[externalKey] { return .failure(failure) }
      let id = PersonID(storage.nextID("p"))
      var held = attributes.filter { $0.value != .null }
      if held[.webLogin] == nil { held[.webLogin] = held[.targetName] }
      if held[.status] == nil { held[.status] = PersonStatus.active }
      // What xMatters does when they are left out.
      if held[.site] == nil { held[.site] = .text("site-of-service-account") }
      if held[.supervisors] == nil { held[.supervisors] = .list(["service-account"]) }
      let person = Person(id: id, externalKey: externalKey, attributes: held, devices: [])
      if let failure = storage.refusal(of: person, writing: held) { return .failure(failure) }
      storage.people[id] = person
      storage.writes.append(Write(.create, id, attributes))
      return .success(person)
    }
  }

  package func modify(
    _ id: PersonID, _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure) {
    // Whether or not the answer comes through.
    var disabled: String?
    defer { if let disabled { removed(disabled, .disable) } }
    try await write(.modify, of: id.rawValue) { storage -> Result<Void, Failure> in
      if let failure = storage.poison[externalKey] { return .failure(failure) }
      guard var person = storage.people[id] else { return .failure(.gone) }
      let formerKey = person.externalKey
      let wasInactive = person.attributes[.status] == PersonStatus.inactive
      person.externalKey = externalKey
      for (attribute, value) in attributes {
        person.attributes[attribute] = value == .null ? nil : value
      }
      if let failure = storage.refusal(of: person, writing: attributes) { return .failure(failure) }
      storage.people[id] = person
      if attributes[.status] == PersonStatus.inactive, !wasInactive { disabled = formerKey ?? "" }
      storage.writes.append(Write(.modify, id, attributes))
      return .success(())
    }
  }

  package func delete(_ id: PersonID) async throws(Failure) -> Bool {
    var deleted: String?
    defer { if let deleted { removed(deleted, .delete) } }
    return try await write(.delete, of: id.rawValue) { storage in
      if let key = storage.people[id]?.externalKey, let failure = storage.poison[key] { return .failure(failure) }
      guard let person = storage.people.removeValue(forKey: id) else { return .success(false) }
      storage.forget(id)
      deleted = person.externalKey ?? ""
      storage.writes.append(Write(.delete, id))
      return .success(true)
    }
  }

  package func createDevice(
    named name: String, kind: DeviceKind, _ values: DeviceValues, owner: PersonID
  ) async throws(Failure) {
    try await write(.createDevice, of: owner.rawValue) { storage -> Result<Void, Failure> in
      guard storage.people[owner] != nil else { return .failure(.gone) }
      guard storage.people[owner]?.devices.contains(where: { $0.name == name }) == false else {
        return .failure(.taken)
      }
      guard !storage.refusedAddresses.contains(values.address ?? "") else { return .failure(.badRequest) }
      let device = Device(
        id: storage.nextID("d"), name: name, kind: kind, address: values.address ?? "", delay: values.delay ?? 0)
      storage.people[owner]?.devices.append(device)
      storage.people[owner]?.place(device.id, at: values.sequence ?? .max)
      storage.writes.append(Write(.createDevice, owner, device: name))
      return .success(())
    }
  }

  package func modifyDevice(_ device: Device, _ values: DeviceValues) async throws(Failure) {
    try await access(.modifyDevice) { storage -> Result<Void, Failure> in
      guard let (owner, index) = storage.position(of: device) else { return .failure(.gone) }
      guard !storage.refusedAddresses.contains(values.address ?? "") else { return .failure(.badRequest) }
      if let address = values.address { storage.people[owner]?.devices[index].address = address }
      if let delay = values.delay { storage.people[owner]?.devices[index].delay = delay }
      if let sequence = values.sequence { storage.people[owner]?.place(device.id, at: sequence) }
      storage.writes.append(Write(.modifyDevice, owner, device: device.name))
      return .success(())
    }
  }

  package func deleteDevice(_ device: Device) async throws(Failure) {
    try await access(.deleteDevice) { storage -> Result<Void, Failure> in
      guard let (owner, index) = storage.position(of: device) else { return .success(()) }
      storage.people[owner]?.devices.remove(at: index)
      storage.people[owner]?.number()
      storage.writes.append(Write(.deleteDevice, owner, device: device.name))
      return .success(())
    }
  }
}

extension ModelTarget.Storage {
  fileprivate func position(of device: Device) -> (PersonID, Int)? {
    for person in people.values {
      if let index = person.devices.firstIndex(where: { $0.id == device.id }) { return (person.id, index) }
    }
    return nil
  }

  /// Why xMatters would not have this person, if so.
  func refusal(of person: Person, writing attributes: [TargetAttribute: TargetValue]) -> Failure? {
    for other in people.values where other.id != person.id {
      for name in [TargetAttribute.targetName, .webLogin] {
        guard let mine = person.attributes[name]?.text else { continue }
        if other.attributes[name]?.text?.lowercased() == mine.lowercased() { return .taken }
      }
      if person.externalKey != nil, other.externalKey == person.externalKey { return .taken }
    }
    if let name = person.targetName, isTakenByGroup(name, besides: nil) { return .taken }
    for (attribute, value) in attributes {
      switch (attribute, value) {
      case (.language, .text(let code)) where !languages.contains(code): return .badRequest
      case (.site, .text(let id)) where !catalogue.sites.values.contains(id) && id != "site-of-service-account":
        return .badRequest
      case (.roles, .list(let names)) where names.isEmpty || !catalogue.roles.isSuperset(of: names): return .badRequest
      case (.supervisors, .list(let ids)) where ids != ["service-account"]:
        if ids.contains(where: { people[PersonID($0)] == nil || refusedSupervisors.contains(PersonID($0)) }) {
          return .badRequest
        }
      default: break
      }
    }
    return nil
  }
}

extension Person {
  /// Puts a device at a place, 1 first; a place beyond the end is the end.
  fileprivate mutating func place(_ id: String, at sequence: Int) {
    guard let index = devices.firstIndex(where: { $0.id == id }) else { return }
    let device = devices.remove(at: index)
    devices.insert(device, at: min(max(sequence, 1) - 1, devices.count))
    number()
  }

  fileprivate mutating func number() {
    for index in devices.indices { devices[index].sequence = index + 1 }
  }

  fileprivate mutating func loseSupervisor(_ id: PersonID) {
    guard let supervisors = attributes[.supervisors]?.list, supervisors.contains(id.rawValue) else { return }
    attributes[.supervisors] = .list(supervisors.filter { $0 != id.rawValue })
  }
}

extension Failure {
  static let taken = Failure(.escrow, .conflict, "the name is taken", advice: "")
  static let gone = Failure(.reread, .invalidAnchor, "there is no such person", advice: "")
}
