import ProvisioningModel

/// Who of a cycle's new users goes into which file. Pure.
///
/// 1. A name goes into one row of all files, and into none if a person with it is there already.
/// 2. People who share a file have the same devices: a cell that is blank clears, so no cell is.
/// 3. A file has at most 10,000 rows (docs/reference/xmatters-api.md, "User upload"), and at least `fewest`.
package struct UploadPlan: Sendable {
  struct File: Sendable {
    var users: [ObjectID] = []
    var people: [NewPerson] = []
  }

  /// For fewer than this the import job and one more listing of people cost about as much as they save: at 5 requests at a time that take
  /// 50 ms each, 500 people with two devices are made in 15 s.
  package static let fewest = 500
  static let mostRows = 10_000

  private let fewest: Int
  private var names: Set<String> = []
  private var files: [[String]: File] = [:]

  init(fewest: Int = Self.fewest) {
    self.fewest = fewest
  }

  /// - Parameter names: All names by which xMatters must know no other person.
  /// - Returns: A file that is full.
  mutating func add(_ person: NewPerson, for user: ObjectID, names own: Set<String>) -> File? {
    let own = Set(own.map { $0.lowercased() })
    guard names.isDisjoint(with: own) else { return nil }
    names.formUnion(own)
    let devices = person.devices.map(\.name)
    files[devices, default: File()].users.append(user)
    files[devices, default: File()].people.append(person)
    return files[devices]?.people.count == Self.mostRows ? files.removeValue(forKey: devices) : nil
  }

  /// What is left once all were added; where there are too few for a file they are made one by one.
  mutating func takeRest() -> [File] {
    defer { files = [:] }
    return files.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value).filter {
      $0.people.count >= fewest
    }
  }
}
