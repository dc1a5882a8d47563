package import ProvisioningModel
import Synchronization

/// The port `BulkTarget` over a `ModelTarget`: a row makes a person, or changes the one who has its name, as xMatters does.
package final class ModelUploads: BulkTarget {
  package enum Ending: Hashable, Sendable {
    case completes
    /// The job ends, and no row was processed.
    case fails
    /// The job never ends; its rows were processed all the same.
    case stalls
  }

  private struct Storage {
    var ending = Ending.completes
    var refused: Set<String> = []
    var files: [[NewPerson]] = []
    var made: Set<PersonID> = []
    var changed: Set<PersonID> = []
    var onUpload: (@Sendable () async -> Void)?
  }

  private let target: ModelTarget
  private let storage = Mutex(Storage())

  package init(_ target: ModelTarget) {
    self.target = target
  }

  package func end(by ending: Ending) {
    storage.withLock { $0.ending = ending }
  }

  /// A row with this name is refused.
  package func refuse(_ name: String) {
    storage.withLock { _ = $0.refused.insert(name) }
  }

  /// Runs while a file is on its way.
  package func onUpload(_ body: @escaping @Sendable () async -> Void) {
    storage.withLock { $0.onUpload = body }
  }

  package var files: [[NewPerson]] { storage.withLock { $0.files } }
  /// People that files have made.
  package var made: Set<PersonID> { storage.withLock { $0.made } }
  /// People that files have changed, who were there before.
  package var changed: Set<PersonID> { storage.withLock { $0.changed } }

  package func upload(_ people: [NewPerson]) async throws(Failure) -> UploadID {
    let fault = try await target.faults.meet(.upload)
    await storage.withLock { $0.onUpload }?()
    storage.withLock { storage in
      storage.files.append(people)
      guard storage.ending != .fails else { return }
      for person in people where !storage.refused.contains(person.targetName) {
        switch target.take(row: person) {
        case .made(let id): storage.made.insert(id)
        case .changed(let id): storage.changed.insert(id)
        case .refused: break
        }
      }
    }
    switch fault {
    case nil: return UploadID("upload")
    case .answerLost?: throw .answerLost
    case .saysGone?: throw .unavailable
    case .brokenOff(let failure)?, .refused(let failure)?: throw failure
    }
  }

  package func progress(of upload: UploadID) async throws(Failure) -> UploadProgress {
    _ = try await target.faults.meet(.uploadProgress)
    return storage.withLock { storage in
      UploadProgress(isEnded: storage.ending != .stalls, processed: storage.ending == .completes ? 1 : 0)
    }
  }
}

extension ModelTarget {
  enum RowOutcome {
    case made(PersonID), changed(PersonID), refused
  }

  /// What the user upload makes of a row.
  func take(row: NewPerson) -> RowOutcome {
    storage.withLock { storage in
      let known = storage.people.values.first { $0.targetName?.lowercased() == row.targetName.lowercased() }
      var person =
        known
        ?? Person(
          id: PersonID(storage.nextID("row-")), externalKey: nil,
          attributes: [
            .webLogin: .text(row.targetName), .status: PersonStatus.active, .supervisors: .list(["service-account"]),
            .language: .text("en"),
          ], devices: [])
      guard let site = storage.catalogue.sites[row.site] else { return .refused }
      let written: [TargetAttribute: TargetValue] = [
        .targetName: .text(row.targetName), .firstName: .text(row.firstName), .lastName: .text(row.lastName),
        .site: .text(site), .roles: .list(row.roles),
      ]
      person.attributes.merge(written) { $1 }
      guard storage.refusal(of: person, writing: written) == nil else { return .refused }
      for device in row.devices {
        guard let kind = storage.catalogue.devices[device.name] else { return .refused }
        let index = person.devices.firstIndex { $0.name == device.name }
        if let index {
          person.devices[index].address = device.address
        } else {
          person.devices.append(
            Device(
              id: storage.nextID("d"), name: device.name, kind: kind, address: device.address,
              sequence: person.devices.count + 1, delay: 0))
        }
      }
      storage.people[person.id] = person
      return known == nil ? .made(person.id) : .changed(person.id)
    }
  }
}
