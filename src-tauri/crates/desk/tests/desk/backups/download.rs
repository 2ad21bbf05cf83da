//! Backups that are downloaded: with the password, in parts, whole, and to one place at a time.

use super::*;

#[tokio::test]
async fn a_backup_comes_whole_with_its_sum_and_its_host_gets_nothing_of_the_token() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    let mut events = bench.desk.events();
    let (path, proof) = (bench.file(), bench.right(0, false));
    let end = bench.download(&row, &path, proof).await.unwrap();
    let whole = backup.bytes(0, SIZE);
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    let saved = end.saved.unwrap();
    assert_eq!(saved.sha256, sum(&whole));
    assert_eq!(saved.size_agrees, Some(true));
    assert_eq!(
        (end.bytes, end.of, end.cancelled),
        (SIZE, Some(SIZE), false)
    );
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(&path).unwrap().permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&mode);
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(!part_of(&path).exists());
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let DeskEvent::Downloading(progress) = event {
            told.push(progress.bytes);
        }
    }
    assert!(told.is_sorted() && told.last() == Some(&SIZE), "{told:?}");

    let token = bench.sim.tokens()[0].token.clone();
    let bare = token.rsplit_once('-').map_or(&*token, |(_, bare)| bare);
    let asked = bench.asked_storage();
    assert_eq!(asked.len(), 1);
    for header in asked.iter().flat_map(|request| &request.headers) {
        assert!(
            !header.starts_with("token:") && !header.contains(bare),
            "{header}"
        );
    }
    let log = format!("{:?}", bench.log_of_actions().await);
    assert!(log.contains("download_backup") && !log.contains("signature"));
}

#[tokio::test]
async fn a_connection_that_breaks_again_and_again_is_gone_on_with_where_it_broke() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    bench
        .sim
        .change(|world| world.storage.cut_after = Some(400_000));
    let (path, proof) = (bench.file(), bench.right(0, false));
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
    let ranges: Vec<Option<String>> = bench
        .asked_storage()
        .into_iter()
        .map(|request| request.range)
        .collect();
    assert_eq!(ranges[0], None);
    assert!(
        ranges.len() >= 4 && ranges[1..].iter().all(Option::is_some),
        "{ranges:?}"
    );
    assert_eq!(bench.posts(ADDRESS), 1, "one address is enough");
}

#[tokio::test]
async fn what_was_stopped_is_gone_on_with_by_the_next_program_with_an_address_of_its_own() {
    let (mut bench, row, backup) = Bench::with_backup(0).await;
    bench
        .sim
        .change(|world| world.storage.pause = Some(Duration::from_millis(30)));
    let mut events = bench.desk.events();
    let desk = bench.desk.clone();
    let id = backup.id.clone();
    let stop = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::Downloading(progress) if progress.bytes > 100_000 => {
                    desk.cancel_download(&id);
                    return;
                }
                _ => {}
            }
        }
    });
    let path = bench.file();
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    stop.await.unwrap();
    assert!(end.cancelled && end.saved.is_none(), "{end:?}");
    assert!(end.bytes > 0 && end.bytes < SIZE && !path.exists());
    let here = std::fs::metadata(part_of(&path)).unwrap().len();
    assert_eq!(here, end.bytes);

    bench.reopen().await;
    bench.sim.change(|world| {
        world.storage.pause = None;
        world.storage.requests.clear();
    });
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
    let asked = bench.asked_storage();
    assert_eq!(asked[0].range, Some(format!("bytes={here}-")));
    assert_eq!((asked.len(), asked[0].status), (1, 206));
    assert_eq!(bench.posts(ADDRESS), 2);
}

#[tokio::test]
async fn another_file_at_the_same_place_is_begun_anew_and_so_is_one_whose_host_knows_no_parts() {
    for no_ranges in [false, true] {
        let (bench, row, mut backup) = Bench::with_backup(0).await;
        let path = bench.file();
        // A part that another program left, of a file that was another one then.
        std::fs::write(part_of(&path), vec![7; 600_000]).unwrap();
        let about = serde_json::json!({
            "backup": backup.id,
            "version": format!("\"{}-{}\"", backup.id, if no_ranges { SIZE } else { SIZE + 1 }),
            "total": if no_ranges { SIZE } else { SIZE + 1 },
        });
        std::fs::write(path.with_extension("backup.part.json"), about.to_string()).unwrap();
        bench
            .sim
            .change(|world| world.storage.no_ranges = no_ranges);
        let proof = bench.right(0, false);
        let end = bench.download(&row, &path, proof).await.unwrap();
        backup.file_size = SIZE;
        assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
        assert_eq!(bench.asked_storage()[0].status, 200, "{no_ranges}");
    }
}

#[tokio::test]
async fn an_address_that_ended_on_the_way_takes_the_password_again_and_goes_on() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    bench.sim.change(|world| {
        world.storage.cut_after = Some(200_000);
        world.storage.pause = Some(Duration::from_millis(40));
    });
    let clock = bench.sim.clock();
    let mut events = bench.desk.events();
    let late = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::Downloading(progress) if progress.bytes > 0 => {
                    clock.advance(Duration::from_hours(3));
                    return;
                }
                _ => {}
            }
        }
    });
    let path = bench.file();
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    late.await.unwrap();
    let needs = end.needs_proof.unwrap();
    assert_eq!((needs.account.as_str(), needs.pin), ("Acme", false));
    assert!(needs.problem.unwrap().message.contains("has ended"));
    assert!(end.address_ended && end.bytes > 0 && !end.cancelled);
    let here = std::fs::metadata(part_of(&path)).unwrap().len();
    assert_eq!(here, end.bytes, "what came is kept");
    bench.sim.change(|world| {
        world.storage.pause = None;
        world.storage.requests.clear();
    });
    // Another password than the one that was good is sent once, and nothing is lost by it.
    let wrong = Proof {
        password: "guess".into(),
        pin: None,
    };
    let end = bench.download(&row, &path, wrong).await.unwrap();
    assert!(!end.address_ended && end.needs_proof.is_some(), "{end:?}");
    assert_eq!((end.bytes, bench.posts(ADDRESS)), (here, 2));
    assert_eq!(bench.asked_storage(), []);
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
    let asked = bench.asked_storage();
    assert_eq!(asked[0].range, Some(format!("bytes={here}-")));
    assert_eq!(bench.posts(ADDRESS), 3);
}

#[tokio::test]
async fn two_backups_are_not_downloaded_into_one_file_at_once() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    let older = Backup {
        id: "66a0000000000000000000a9".to_owned(),
        created_at: backup.created_at - Duration::from_hours(48),
        ..backup.clone()
    };
    bench.sim.change(|world| {
        let profile = world.profile_mut(row.id.as_str()).unwrap();
        profile.backups.insert(0, older.clone());
        world.storage.pause = Some(Duration::from_millis(30));
    });
    bench.fetch(&row).await.unwrap();
    let (desk, mut events) = (bench.desk.clone(), bench.desk.events());
    let second = BackupToFile {
        profile: row.key,
        backup: older.id,
        path: bench.file(),
    };
    let proof = bench.right(0, false);
    let second = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::Downloading(progress) if progress.bytes > 0 => {
                    return desk.download_backup(second, proof).await;
                }
                _ => {}
            }
        }
    });
    let (path, proof) = (bench.file(), bench.right(0, false));
    let end = bench.download(&row, &path, proof).await.unwrap();
    let refused = second.await.unwrap().unwrap_err();
    assert_eq!(refused.code, ProblemCode::Busy, "{refused}");
    assert!(refused.message.contains("harbour.backup"), "{refused}");
    assert_eq!(bench.posts(ADDRESS), 1, "its password is not used");
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
}

#[tokio::test]
async fn the_wrong_password_and_a_missing_pin_are_asked_for_and_nothing_is_fetched() {
    let (bench, row, _) = Bench::with_backup(0).await;
    let path = bench.file();
    let wrong = Proof {
        password: "guess".into(),
        pin: None,
    };
    let end = bench.download(&row, &path, wrong).await.unwrap();
    let needs = end.needs_proof.unwrap();
    assert!(!needs.pin && !format!("{needs:?}").contains("guess"));
    bench.sim.change(|world| {
        world.accounts[0].otp = sim::world::Otp {
            sms: true,
            ..sim::world::Otp::default()
        };
    });
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert!(end.needs_proof.unwrap().pin);
    assert_eq!(bench.asked_storage(), []);
    let proof = bench.right(0, true);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert!(end.saved.is_some(), "{end:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_before_the_password_is_used() {
    let (bench, row, _) = Bench::with_backup(0).await;
    bench.sim.clear_requests();
    let nowhere = bench.folder.path().join("none/harbour.backup");
    let proof = bench.right(0, false);
    let problem = bench.download(&row, &nowhere, proof).await.unwrap_err();
    assert!(problem.message.contains("no folder"), "{problem}");
    assert_eq!(bench.sim.requests(), []);
}
