-- Parameters in the order of the columns.
INSERT INTO result (run_id, attempt, best_auc, best_epoch, best_loss, best_loss_epoch,
                    train_seconds, images_per_second, peak_memory_mb, device, code_version,
                    torch_version, data_manifest, images_sha256, weights, weights_sha256,
                    train_studies, train_positive, train_images,
                    valid_studies, valid_positive, valid_images, data_set, upsampled_images)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?21, ?22, ?23, ?24)
