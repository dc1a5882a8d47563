package import ProvisioningModel
import Synchronization

/// The port `Target` for a rehearsal: reads go to xMatters, writes do not. A write is answered as xMatters would answer it and is
/// remembered, so that later reads find what would be there: a person who would have been created can be found and be a supervisor.
///
/// What xMatters alone knows, such as a language that is not enabled or a licence limit, shows only when something is sent.
package final class RehearsalTarget: Target {
  let real: any Target
  let groups = Mutex(RehearsedGroups())
  private let people = Mutex(RehearsedPeople())
  /// Names of sites that would be made.
  private let sites = Mutex<Set<String>>([])

  package init(_ real: any Target) {
    self.real = real
  }

  /// The id that stands for a person who would be created.
  static func plannedID(_ externalKey: String) -> PersonID { PersonID("new:" + externalKey) }

  // MARK: Reads

  package func person(_ id: PersonID) async throws(Failure) -> Person? {
    if case .here(let person) = knowledge(of: id) { return person }
    guard case .unknown = knowledge(of: id), let person = try await real.person(id) else { return nil }
    learn([person])
    return if case .here(let person) = knowledge(of: id) { person } else { nil }
  }

  package func people(where attribute: TargetAttribute, equals value: String) async throws(Failure) -> [Person] {
    // A listing answers for names, not for addresses.
    if !people.withLock({ $0.isComplete }) || attribute != .targetName && attribute != .webLogin {
      learn(try await real.people(where: attribute, equals: value))
    }
    return people.withLock { $0.people(where: attribute, equals: value) }
  }

  package func forEachPerson(_ consume: (Person) throws(Failure) -> Void) async throws(Failure) {
    var listing = PackedPeople(indexingDevices: true)
    try await real.forEachPerson { listed throws(Failure) in
      switch knowledge(of: listed.id) {
      case .unknown:
        listing.add(listed)
        try consume(listed)
      case .here(let person): try consume(person)
      case .gone: break
      }
    }
    let complete = listing
    let additions = people.withLock { people in
      if !people.isComplete { people.learn(complete) }
      return people.additions
    }
    for person in additions { try consume(person) }
  }

  package func catalogue(refreshing: Bool) async throws(Failure) -> Catalogue {
    var catalogue = try await real.catalogue(refreshing: refreshing)
    for name in sites.withLock({ $0 }) where catalogue.siteID(name) == nil {
      catalogue.sites[name] = "new:site:" + name
    }
    return catalogue
  }

  // MARK: Writes that are not sent

  package func create(
    _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure) -> Person {
    var attributes = attributes.filter { $0.value != .null }
    if attributes[.webLogin] == nil { attributes[.webLogin] = attributes[.targetName] }
    if attributes[.status] == nil { attributes[.status] = PersonStatus.active }
    let person = Person(
      id: Self.plannedID(externalKey), externalKey: externalKey, attributes: attributes, devices: [])
    try await put(person, naming: attributes, isNew: true)
    return person
  }

  package func modify(
    _ id: PersonID, _ attributes: [TargetAttribute: TargetValue], externalKey: String
  ) async throws(Failure) {
    var person = try await known(id)
    person.externalKey = externalKey
    for (attribute, value) in attributes { person.attributes[attribute] = value == .null ? nil : value }
    try await put(person, naming: attributes)
  }

  package func delete(_ id: PersonID) async throws(Failure) -> Bool {
    guard try await person(id) != nil else { return false }
    people.withLock { $0.remove(id) }
    return true
  }

  package func createDevice(
    named name: String, kind: DeviceKind, _ values: DeviceValues, owner: PersonID
  ) async throws(Failure) {
    var person = try await known(owner)
    person.devices.removeAll { $0.name == name }
    var device = Device(id: "new:\(owner):\(name)", name: name, kind: kind, address: "")
    device.take(values)
    person.devices.append(device)
    people.withLock { [person] in $0.put(person) }
  }

  package func modifyDevice(_ device: Device, _ values: DeviceValues) async throws(Failure) {
    let isThere = people.withLock { people in
      guard var person = people.owner(of: device), let index = person.devices.firstIndex(where: { $0.id == device.id })
      else { return false }
      person.devices[index].take(values)
      people.put(person)
      return true
    }
    if !isThere { throw .goneInRehearsal }
  }

  package func deleteDevice(_ device: Device) async throws(Failure) {
    people.withLock { people in
      guard var person = people.owner(of: device) else { return }
      person.devices.removeAll { $0.id == device.id }
      people.put(person)
    }
  }

  package func createSite(named name: String, like model: String) async throws(Failure) {
    sites.withLock { _ = $0.insert(name) }
  }

  // MARK: Parts

  private func knowledge(of id: PersonID) -> RehearsedPeople.Knowledge {
    people.withLock { $0.know(id) }
  }

  private func learn(_ found: [Person]) {
    people.withLock { people in
      for person in found { people.learn(person) }
    }
  }

  private func known(_ id: PersonID) async throws(Failure) -> Person {
    guard let person = try await person(id) else { throw .goneInRehearsal }
    return person
  }

  /// Refuses a name that another person has and a supervisor who is not there, as xMatters does.
  private func put(
    _ person: Person, naming attributes: [TargetAttribute: TargetValue], isNew: Bool = false
  ) async throws(Failure) {
    for supervisor in attributes[.supervisors]?.list ?? []
    where try await self.person(PersonID(supervisor)) == nil {
      throw Failure(
        .escrow, .badRequest, "A supervisor is not there in xMatters.",
        advice: "Nothing to do: the manager is looked at in the next cycle.")
    }
    let names = [TargetAttribute.targetName, .webLogin].compactMap { attribute in
      attributes[attribute]?.text.map { (attribute, $0) }
    }
    for (attribute, name) in names { _ = try await people(where: attribute, equals: name) }
    let isRefused = people.withLock { people in
      for (attribute, name) in names
      where people.people(where: attribute, equals: name).contains(where: { $0.id != person.id }) {
        return true
      }
      if isNew { people.create(person) } else { people.put(person) }
      return false
    }
    guard !isRefused else {
      throw Failure(
        .escrow, .conflict, "A name or login is taken by another person in xMatters.",
        advice: "Free the name in xMatters, or change it in the directory.")
    }
  }
}

extension Failure {
  fileprivate static let goneInRehearsal = Failure(
    .reread, .invalidAnchor, "The person or device is gone from xMatters.",
    advice: "Nothing to do: it is looked for anew.")
}

extension Device {
  fileprivate mutating func take(_ values: DeviceValues) {
    address = values.address ?? address
    sequence = values.sequence ?? sequence
    delay = values.delay ?? delay
  }
}
