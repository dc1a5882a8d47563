import ProvisioningModel
import ProvisioningRules

/// People as they were read, and as they would be after the writes that were not sent. Pure.
struct RehearsedPeople {
  enum Knowledge {
    case unknown
    case here(Person)
    /// Not there, or deleted in rehearsal.
    case gone
  }

  /// The people that were asked for or written, packed; empty for those who are gone.
  private var people: [PersonID: [UInt8]] = [:]
  private var texts = SharedTexts()
  /// From the hash of a name or an e-mail address, letter case ignored, to those who may have it.
  private var holders: [UInt64: [PersonID]] = [:]
  /// From the hash of the id of a device to those who may have it.
  private var owners: [UInt64: PersonID] = [:]
  /// Those who would be there now and were not at first.
  private var created: Set<PersonID> = []
  /// The others of a complete listing.
  private var listed: PackedPeople?

  /// Everybody was listed: a person who is not known is not there.
  var isComplete: Bool { listed != nil }

  mutating func know(_ id: PersonID) -> Knowledge {
    if people[id] == nil, case .found(let person)? = listed?.take(id) { put(person) }
    guard people[id] != nil else { return isComplete ? .gone : .unknown }
    return here(id).map { .here($0) } ?? .gone
  }

  mutating func people(where attribute: TargetAttribute, equals value: String) -> [Person] {
    if case .found(let person)? = listed?.take(where: attribute, equals: value) { put(person) }
    let ids = holders[Self.hash(attribute, value)] ?? []
    return ids.sorted { $0.rawValue < $1.rawValue }.compactMap(here).filter { $0.answers(attribute, value) }
  }

  mutating func owner(of device: Device) -> Person? {
    if case .found(let person)? = listed?.take(device: device.id) { put(person) }
    return owners[Self.hash(device)].flatMap(here)
  }

  /// Those who would be there and are not.
  var additions: [Person] { created.compactMap(here) }

  private func here(_ id: PersonID) -> Person? {
    guard let bytes = people[id], !bytes.isEmpty else { return nil }
    return PersonReader.unpack(bytes, sharing: texts)
  }

  // MARK: Changes

  /// Takes in what was read, unless more is known already.
  mutating func learn(_ person: Person) {
    if case .here = know(person.id) { return }
    if people[person.id] == nil { put(person) }
  }

  /// Takes in a listing that was read to its end.
  mutating func learn(_ listing: PackedPeople) {
    listed = listing
  }

  mutating func create(_ person: Person) {
    created.insert(person.id)
    put(person)
  }

  mutating func put(_ person: Person) {
    forget(person.id)
    people[person.id] = PersonWriter.pack(person, sharing: &texts)
    for name in Self.names(of: person) { holders[name, default: []].append(person.id) }
    for device in person.devices { owners[Self.hash(device)] = person.id }
  }

  mutating func remove(_ id: PersonID) {
    forget(id)
    people[id] = []
  }

  private mutating func forget(_ id: PersonID) {
    guard let person = here(id) else { return }
    for name in Self.names(of: person) {
      holders[name]?.removeAll { $0 == id }
      if holders[name]?.isEmpty == true { holders[name] = nil }
    }
    for device in person.devices { owners[Self.hash(device)] = nil }
  }

  // MARK: Hashes

  private static func names(of person: Person) -> Set<UInt64> {
    var names: Set<UInt64> = []
    for attribute in [TargetAttribute.targetName, .webLogin] {
      if let name = person.attributes[attribute]?.text { names.insert(hash(attribute, name)) }
    }
    for device in person.devices where device.kind == .email { names.insert(hash(.device(""), device.address)) }
    return names
  }

  private static func hash(_ attribute: TargetAttribute, _ value: String) -> UInt64 {
    var hash = StableHash()
    // An address is found whatever the name of its device.
    if case .device = attribute { hash.combine("email") } else { hash.combine(attribute.description) }
    hash.combine(value.lowercased())
    return hash.value
  }

  private static func hash(_ device: Device) -> UInt64 {
    var hash = StableHash()
    hash.combine(device.id)
    return hash.value
  }
}

extension Person {
  fileprivate func answers(_ attribute: TargetAttribute, _ value: String) -> Bool {
    let wanted = value.lowercased()
    if case .device = attribute {
      return devices.contains { $0.kind == .email && $0.address.lowercased() == wanted }
    }
    return attributes[attribute]?.text?.lowercased() == wanted
  }
}
